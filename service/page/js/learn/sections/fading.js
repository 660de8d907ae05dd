/** Why a gradient vanishes, and when it does not: the factors of one path, multiplied over distance. */
import { byId } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { elmanFactor, powerOfTen } from "../arithmetic.js";
import { drawing, label, line, rule } from "../drawing.js";
import { clipped, linear, spaced } from "../geometry.js";
import { presets, slider } from "../slider.js";

const HEIGHT = 260;
const FARTHEST = 160;
/** Powers of ten that are drawn; smaller gradients are below the drawing. */
const LEAST = -20;
const GREATEST = 4;
/** A state of middling size: the slope of the tanh there is 1 − 0.5² = 0.75. */
const STATE = 0.5;

export function fadingSection() {
  const update = () => {
    draw();
    byId("fading-result").textContent = sentence(elman.value, gate.value);
  };
  const elman = slider("fading-weight", (value) => number(value, 2), update);
  const gate = slider("fading-gate", (value) => number(value, 3), update);
  const draw = drawing(byId("fading-drawing"), HEIGHT, (width) => drawPowers(width, elman.value, gate.value));
  presets("fading", { weight: elman, gate }, update);
  update();
}

/**
 * @param {number} weight
 * @param {number} gate
 */
function sentence(weight, gate) {
  const factor = elmanFactor(weight, STATE);
  return (
    `Each step back multiplies by ${number(weight, 2)} × (1 − ${STATE}²) = ${number(factor)} in the simple ` +
    `net, and by ${number(gate, 3)} along the update gate. After ${FARTHEST} steps that is ` +
    `10^${number(powerOfTen(factor, FARTHEST), 1)} against 10^${number(powerOfTen(gate, FARTHEST), 1)}.`
  );
}

/**
 * @param {number} width
 * @param {number} weight
 * @param {number} gate
 */
function drawPowers(width, weight, gate) {
  const x = linear([0, FARTHEST], [58, width - 16]);
  const y = linear([LEAST, GREATEST], [HEIGHT - 34, 14]);
  /** @param {number} factor */
  const path = (factor) => {
    /** @type {[number, number][]} */
    const points = spaced(0, FARTHEST, FARTHEST).map((steps) => [steps, powerOfTen(factor, steps)]);
    return clipped(points, [LEAST, GREATEST]).map(([steps, power]) => /** @type {[number, number]} */ ([x(steps), y(power)]));
  };
  return [
    ...[0, -10, -20].flatMap((power) => [
      rule([x(0), y(power)], [x(FARTHEST), y(power)], power === 0 ? "axis" : "grid"),
      label(x(0) - 8, y(power) + 4, power === 0 ? "1" : `10^${number(power, 0)}`, { "text-anchor": "end" }),
    ]),
    ...[0, 40, 80, 120, 160].map((steps) =>
      label(x(steps), HEIGHT - 14, String(steps), { "text-anchor": steps === FARTHEST ? "end" : "middle", class: "minor" }),
    ),
    line(path(elmanFactor(weight, STATE)), "ink"),
    line(path(gate), "update"),
  ];
}
