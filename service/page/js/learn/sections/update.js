/** What an update gate of 0, ½ and 1 does to one number over several steps. */
import { byId } from "../../core/dom.js";
import { number, percent } from "../../core/format.js";
import { states } from "../arithmetic.js";
import { dot, drawing, line } from "../drawing.js";
import { presets, slider } from "../slider.js";
import { HEIGHT, stepAxes } from "./steps_axes.js";

const START = 0.84;
const CANDIDATES = [-0.6, 0.7, 0.2, -0.9, 0.5, -0.3, 0.8, -0.4];

export function updateSection() {
  const update = () => {
    draw();
    byId("update-result").textContent = sentence(gate.value);
  };
  const gate = slider("update-gate", (value) => number(value, 2), update);
  const draw = drawing(byId("update-drawing"), HEIGHT, (width) => drawSteps(width, gate.value));
  presets("update", { gate }, update);
  update();
}

/** @param {number} gate */
function sentence(gate) {
  const found = states(gate, CANDIDATES, START);
  const [z, rest] = [number(gate, 2), number(1 - gate, 2)];
  return (
    `First step: (1 − ${z}) × ${number(CANDIDATES[0], 2)} + ${z} × ${number(START, 2)} = ` +
    `${rest} × ${number(CANDIDATES[0], 2)} + ${z} × ${number(START, 2)} = ${number(found[1])}. ` +
    `After ${CANDIDATES.length} steps ${percent(gate ** CANDIDATES.length)} of the first ` +
    `${number(START, 2)} is left, and the state is ${number(found[CANDIDATES.length])}.`
  );
}

/**
 * @param {number} width
 * @param {number} gate
 */
function drawSteps(width, gate) {
  const { x, y, axes } = stepAxes(width, CANDIDATES.length, CANDIDATES.map((_, index) => String(index + 1)));
  const found = states(gate, CANDIDATES, START);
  /** @type {[number, number][]} */
  const points = found.map((state, step) => [x(step), y(state)]);
  return [
    ...axes,
    ...CANDIDATES.map((candidate, index) => dot([x(index + 1), y(candidate)], "hollow", 7)),
    line(points, "update"),
    ...points.map((point) => dot(point, "update", 4)),
  ];
}
