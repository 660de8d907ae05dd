/** P(positive) after each word of a short text, as it was read and with a gate held. */
import { dot, label, line, rule } from "./drawing.js";
import { linear } from "./geometry.js";

export const HEIGHT = 210;
const LEAST_ROOM = 62; // pixels; words that are closer than this are written in three rows
const ROWS = 3;
const ROW_HEIGHT = 13;

/**
 * @param {number} width
 * @param {number} words  number of words
 */
export const runScales = (width, words) => ({
  x: linear([0, words - 1], [44, width - 24]),
  y: linear([0, 1], [HEIGHT - 54, 14]),
});

/**
 * @param {number} width
 * @param {string[]} words
 * @param {{plain: number[], held: number[] | null}} runs
 * @param {number} [firstHeld]  the word from which on the gate is held
 */
export function runDrawing(width, words, { plain, held }, firstHeld) {
  const last = words.length - 1;
  const { x, y } = runScales(width, words.length);
  const room = x(1) - x(0);
  /** @param {number[]} run */
  const points = (run) => run.map((value, index) => /** @type {[number, number]} */ ([x(index), y(value)]));
  return [
    ...[0, 0.5, 1].flatMap((value) => [
      rule([x(0) - 8, y(value)], [x(last) + 8, y(value)], value === 0.5 ? "axis" : "grid"),
      label(x(0) - 16, y(value) + 4, value === 0.5 ? "½" : String(value), { "text-anchor": "end" }),
    ]),
    ...(firstHeld === undefined
      ? []
      : [rule([x(firstHeld - 0.5), y(0)], [x(firstHeld - 0.5), y(1)], "drop")]),
    line(points(plain), held ? "faint" : "ink"),
    ...(held ? [line(points(held), "reset")] : []),
    ...points(held ?? plain).map((point) => dot(point, held ? "reset" : "filled", 4)),
    ...words.map((word, index) =>
      label(x(index), HEIGHT - 36 + (room < LEAST_ROOM ? (index % ROWS) * ROW_HEIGHT : 0), word, {
        "text-anchor": "middle",
        class: "minor",
      }),
    ),
  ];
}
