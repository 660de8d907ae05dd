import assert from "node:assert/strict";
import { test } from "node:test";
import { scalesOf } from "../../../service/page/js/charts/scales.js";
import { bandPath, barsPath, linePath, trianglesPath } from "../../../service/page/js/charts/shapes.js";

const values = [0, 0.25, 1, 0.5];
const scales = scalesOf({ first: 1, last: 2 }, [0, 1], { width: 20, height: 40 });

test("a line has a step for every token in view, and none for the others", () => {
  assert.equal(linePath(values, scales), "M0 30V30H10V0H20");
});

test("a band goes along the upper line and back along the lower one", () => {
  assert.equal(bandPath([0, 0, 0.5, 0], values, scales), "M0 30V30H10V0H20V20H10V40H0Z");
});

test("a bar goes from zero to its value, in the middle of its token", () => {
  const signed = scalesOf({ first: 0, last: 0 }, [-1, 1], { width: 10, height: 40 });
  assert.equal(barsPath([0.5], () => true, signed), "M1 20V10h8V20Z");
});

test("bars of values that are not asked for are left out", () => {
  assert.equal(barsPath(values, (value) => value > 1, scales), "");
});

test("triangles point to the side of the value, and those out of view are left out", () => {
  assert.equal(trianglesPath([0, 1, 2], values, scales), "M10 25h-10l5 10ZM10 5h10l-5 -10Z");
});
