/** What a reset gate does to the candidate over several steps. */
import { byId } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { recur } from "../arithmetic.js";
import { dot, drawing, line } from "../drawing.js";
import { presets, slider } from "../slider.js";
import { HEIGHT, stepAxes } from "./steps_axes.js";

/** A review in miniature: what each word adds to the candidate of one unit. */
const WORDS = ["superb", "start", "but", "the", "end", "is", "dull", "."];
const ADDED = [1.2, 0, -0.1, 0, 0, 0, -0.9, 0];
const WEIGHT = 2;
const UPDATE = 0.5;
const SHOWN_STEP = 6;

export function resetSection() {
  const update = () => {
    draw();
    byId("reset-result").textContent = sentence(gate.value);
  };
  const gate = slider("reset-gate", (value) => number(value, 2), update);
  const draw = drawing(byId("reset-drawing"), HEIGHT, (width) => drawSteps(width, gate.value));
  presets("reset", { gate }, update);
  update();
}

/** @param {number} reset */
const run = (reset) => recur({ reset, update: UPDATE, weight: WEIGHT, words: ADDED, start: 0 });

/** @param {number} reset */
function sentence(reset) {
  const { candidates, states } = run(reset);
  return (
    `At “${WORDS[SHOWN_STEP]}”: tanh(${number(ADDED[SHOWN_STEP], 1)} + ${number(reset, 2)} × ${WEIGHT} × ` +
    `${number(states[SHOWN_STEP], 2)}) = ${number(candidates[SHOWN_STEP])}. The word alone would write ` +
    `tanh(${number(ADDED[SHOWN_STEP], 1)}) = ${number(Math.tanh(ADDED[SHOWN_STEP]))}.`
  );
}

/**
 * @param {number} width
 * @param {number} reset
 */
function drawSteps(width, reset) {
  const { x, y, axes } = stepAxes(width, WORDS.length, WORDS);
  const { candidates } = run(reset);
  /** @type {[number, number][]} */
  const points = candidates.map((value, index) => [x(index + 1), y(value)]);
  return [
    ...axes,
    ...ADDED.map((word, index) => dot([x(index + 1), y(Math.tanh(word))], "hollow", 7)),
    line(points, "reset"),
    ...points.map((point) => dot(point, "reset", 4)),
  ];
}
