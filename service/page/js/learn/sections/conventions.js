/** Both conventions of the update gate, on the same numbers. */
import { byId } from "../../core/dom.js";
import { number, percent } from "../../core/format.js";
import { mix, mixChung2014 } from "../arithmetic.js";
import { bar, drawing, label } from "../drawing.js";
import { linear } from "../geometry.js";
import { presets, slider } from "../slider.js";

const HEIGHT = 62;

export function conventionsSection() {
  const two = (/** @type {number} */ value) => number(value, 2);
  const update = () => {
    draw();
    const [z, n, h] = [gate.value, candidate.value, before.value];
    const u = 1 - z;
    byId("conventions-pytorch").textContent =
      `(1 − ${two(z)}) × ${two(n)} + ${two(z)} × ${two(h)} = ${number(mix(z, n, h), 4)}`;
    byId("conventions-chung").textContent =
      `${two(u)} × ${two(n)} + (1 − ${two(u)}) × ${two(h)} = ${number(mixChung2014(u, n, h), 4)}`;
    byId("conventions-z").textContent = `z = ${two(z)}`;
    byId("conventions-u").textContent = `u = ${two(u)}`;
    byId("conventions-result").textContent =
      `Both keep ${percent(z)} of the old state and take ${percent(u)} of the candidate.`;
  };
  const gate = slider("conventions-gate", (value) => `z = ${two(value)}, u = ${two(1 - value)}`, update);
  const before = slider("conventions-before", two, update);
  const candidate = slider("conventions-candidate", two, update);
  const draw = drawing(byId("conventions-drawing"), HEIGHT, (width) => drawShares(width, gate.value));
  presets("conventions", { gate, before, candidate }, update);
  update();
}

/**
 * @param {number} width
 * @param {number} kept
 */
function drawShares(width, kept) {
  const x = linear([0, 1], [1, width - 1]);
  return [
    bar(x(0), 22, x(kept) - x(0), 24, "update"),
    bar(x(kept), 22, x(1) - x(kept), 24, "pale"),
    label(x(0), 14, "old state"),
    label(x(1), 14, "candidate", { "text-anchor": "end" }),
  ];
}
