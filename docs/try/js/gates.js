/**
 * The gates of one word: their distribution over the units, and every unit.
 *
 * @import { Trace } from "./network.js"
 */

import { find, make } from "./elements.js";

const GATES = /** @type {const} */ ([
  ["reset", "reset_gate"],
  ["update", "update_gate"],
]);

/**
 * @param {Trace} trace
 * @param {number} position
 * @param {string} word
 */
export function showGates(trace, position, word) {
  /** @param {Float32Array} values */
  const ofWord = (values) => values.subarray(position * trace.units, (position + 1) * trace.units);
  find("gates-title", HTMLHeadingElement).textContent = `Gates at “${word}”, word ${position + 1}`;
  find("change", HTMLParagraphElement).textContent = changeOf(trace, position);
  find("gate-rows", HTMLTableSectionElement).replaceChildren(
    ...GATES.map(([title, name]) => gateRow(title, ofWord(trace[name]))),
  );
  const columns = [trace.reset_gate, trace.update_gate, trace.candidate, trace.hidden].map(ofWord);
  find("unit-rows", HTMLTableSectionElement).replaceChildren(
    ...Array.from({ length: trace.units }, (_, unit) =>
      make("tr", {}, make("th", { scope: "row" }, String(unit)), ...columns.map((values) => cell(values[unit]))),
    ),
  );
  find("gates", HTMLElement).hidden = false;
}

/** Hide the gates of a text that is no longer shown. */
export const hideGates = () => {
  find("gates", HTMLElement).hidden = true;
};

/**
 * @param {Trace} trace
 * @param {number} position
 */
function changeOf(trace, position) {
  const after = trace.running[position].toFixed(3);
  if (position === 0) return `P(positive) is ${after} after it.`;
  return `P(positive) goes from ${trace.running[position - 1].toFixed(3)} to ${after}.`;
}

/**
 * @param {string} title
 * @param {Float32Array} values
 */
function gateRow(title, values) {
  const sorted = Float32Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const quantiles = [0.1, 0.5, 0.9].map((share) => quantile(sorted, share));
  const label = `${title} gate of each unit: black is 0, white is 1`;
  const canvas = make("canvas", { width: String(values.length), height: "1", role: "img", "aria-label": label });
  paint(canvas, values);
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, title),
    ...[mean, ...quantiles].map(cell),
    make("td", {}, canvas),
  );
}

/** @param {number} value */
const cell = (value) => make("td", {}, value.toFixed(3));

/**
 * Return a quantile, interpolated as NumPy does.
 * @param {Float32Array} sorted
 * @param {number} share
 */
function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} values
 */
function paint(canvas, values) {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(values.length, 1);
  values.forEach((value, unit) => image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * unit));
  context.putImageData(image, 0, 0);
}
