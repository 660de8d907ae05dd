import assert from "node:assert/strict";
import { test } from "node:test";
import { heightAt, linePath, areaPath, markPaths, nearestToken, rangeBoxes, rowsOf } from "../../../service/page/js/story/line_geometry.js";

/** Four tokens in two lines of text. */
const BOXES = [
  { left: 0, right: 40, top: 0, bottom: 20 },
  { left: 50, right: 90, top: 0, bottom: 20 },
  { left: 0, right: 30, top: 50, bottom: 70 },
  { left: 40, right: 60, top: 50, bottom: 70 },
];
const ROWS = rowsOf(BOXES, { gap: 5, height: 20 });

test("tokens in one line of text have one row", () => {
  assert.deepEqual(ROWS, [
    { first: 0, last: 1, left: 0, right: 90, top: 25, height: 20 },
    { first: 2, last: 3, left: 0, right: 60, top: 75, height: 20 },
  ]);
});

test("a certain prediction is at the top or the bottom of its row", () => {
  assert.deepEqual([1, 0].map((p) => heightAt(ROWS[0], p)), [25, 45]);
});

test("a row begins at the prediction at which the row above ended", () => {
  assert.equal(linePath(ROWS, BOXES, [0.5, 1, 0, 0]), "M0.0,35.0L20.0,35.0L70.0,25.0L90.0,25.0M0.0,75.0L15.0,95.0L50.0,95.0");
});

test("the area of each row is closed at one half", () => {
  assert.match(areaPath(ROWS, BOXES, [1, 1, 1, 1]), /^M0\.0,35\.0L.*,35\.0ZM0\.0,85\.0L.*,85\.0Z$/);
});

test("a range over two lines of text has a box in each", () => {
  assert.deepEqual(rangeBoxes(ROWS, BOXES, { first: 1, last: 2 }), [
    { x: 50, y: 25, width: 40, height: 20 },
    { x: 0, y: 75, width: 30, height: 20 },
  ]);
});

test("a point belongs to the nearest token of the nearest row", () => {
  assert.equal(nearestToken(ROWS, BOXES, { x: 66, y: 30 }), 1);
  assert.equal(nearestToken(ROWS, BOXES, { x: 66, y: 90 }), 3);
});

test("a token without flags has no mark", () => {
  assert.deepEqual(markPaths([{ flags: ["flip"] }], BOXES), { reset: "", rewrite: "" });
});

test("a token with both flags has two marks side by side", () => {
  const start = (/** @type {string} */ path) => Number(/^M([0-9.]+)/.exec(path)?.[1]);
  const { reset, rewrite } = markPaths([{ flags: ["reset", "rewrite"] }], BOXES);
  assert.ok(start(reset) + 9 <= start(rewrite));
});
