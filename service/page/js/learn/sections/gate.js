/** Why a gate is between 0 and 1: the sigmoid, and what a gate multiplies. */
import { byId } from "../../core/dom.js";
import { number, percent } from "../../core/format.js";
import { sigmoid } from "../arithmetic.js";
import { bar, dot, drawing, label, line, rule } from "../drawing.js";
import { linear, spaced } from "../geometry.js";
import { presets, slider } from "../slider.js";

const WIDEST = 8;
const CURVE_HEIGHT = 230;
const BARS_HEIGHT = 116;
const POINTS = 160;

export function gateSection() {
  const update = () => {
    curve();
    bars();
    byId("gate-result").textContent = sentence(total.value, input.value);
  };
  const total = slider("gate-total", (value) => number(value, 1), update);
  const input = slider("gate-input", (value) => number(value, 2), update);
  const curve = drawing(byId("gate-curve"), CURVE_HEIGHT, (width) => drawCurve(width, total.value));
  const bars = drawing(byId("gate-bars"), BARS_HEIGHT, (width) => drawBars(width, total.value, input.value));
  presets("gate", { total }, update);
  update();
}

/**
 * @param {number} total
 * @param {number} input
 */
function sentence(total, input) {
  const gate = sigmoid(total);
  const power = `e^${number(-total, 1)}`;
  return (
    `σ(${number(total, 1)}) = 1 / (1 + ${power}) = ${number(gate)}. ` +
    `Of ${number(input, 2)} the gate lets ${number(gate * input)} through, ${percent(gate)} of it.`
  );
}

/**
 * @param {number} width
 * @param {number} total
 */
function drawCurve(width, total) {
  const x = linear([-WIDEST, WIDEST], [34, width - 14]);
  const y = linear([0, 1], [CURVE_HEIGHT - 36, 16]);
  const gate = sigmoid(total);
  /** @type {[number, number][]} */
  const points = spaced(-WIDEST, WIDEST, POINTS).map((value) => [x(value), y(sigmoid(value))]);
  return [
    ...[0, 0.5, 1].flatMap((value) => [
      rule([x(-WIDEST), y(value)], [x(WIDEST), y(value)], "grid"),
      label(x(-WIDEST) - 8, y(value) + 4, value === 0.5 ? "½" : String(value), { "text-anchor": "end" }),
    ]),
    ...[-8, -4, 0, 4, 8].map((value) =>
      label(x(value), y(0) + 20, number(value, 0), { "text-anchor": value === WIDEST ? "end" : "middle" }),
    ),
    line(points, "ink"),
    rule([x(total), y(0)], [x(total), y(gate)], "drop"),
    rule([x(-WIDEST), y(gate)], [x(total), y(gate)], "drop"),
    dot([x(total), y(gate)], "reset", 7),
    label(x(0), CURVE_HEIGHT - 2, "pre-activation", { "text-anchor": "middle", class: "minor" }),
  ];
}

/**
 * @param {number} width
 * @param {number} total
 * @param {number} input
 */
function drawBars(width, total, input) {
  const x = linear([-1, 1], [14, width - 14]);
  const passed = sigmoid(total) * input;
  return [
    label(x(-1), 16, "the value"),
    bar(x(0), 24, x(input) - x(0), 18, "pale"),
    label(x(-1), 66, "gate × value"),
    bar(x(0), 74, x(passed) - x(0), 18, "reset"),
    rule([x(0), 20], [x(0), 96]),
    ...[-1, 0, 1].map((value, index) =>
      label(x(value), 112, number(value, 0), { "text-anchor": ["start", "middle", "end"][index], class: "minor" }),
    ),
  ];
}
