import assert from "node:assert/strict";
import { test } from "node:test";
import { labelledRows, rowPixels } from "../../../service/page/js/charts/grid.js";

test("few units have high rows, many have low ones", () => {
  assert.equal(rowPixels(64), 11);
  assert.equal(rowPixels(65), 3);
});

test("every row of a few units has a label", () => {
  assert.deepEqual(labelledRows(4), [0, 1, 2, 3]);
});

test("of many units, every sixteenth row has a label", () => {
  assert.deepEqual(labelledRows(65), [0, 16, 32, 48, 64]);
  assert.equal(labelledRows(512).length, 32);
});

test("without units there are no rows", () => {
  assert.deepEqual(labelledRows(0), []);
});
