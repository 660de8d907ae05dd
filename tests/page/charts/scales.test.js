import assert from "node:assert/strict";
import { test } from "node:test";
import { roundTicks, scalesOf, signedDomain } from "../../../service/page/js/charts/scales.js";
import { random } from "../records.js";

const scales = scalesOf({ first: 2, last: 5 }, [0, 1], { width: 100, height: 40 });

test("the tokens in view divide the width", () => {
  assert.equal(scales.step, 25);
  assert.deepEqual([2, 5, 6].map(scales.x), [0, 75, 100]);
});

test("the largest value of the domain is at the top", () => {
  assert.deepEqual([0, 0.25, 1].map(scales.y), [40, 30, 0]);
});

test("a domain may be turned over", () => {
  const { y } = scalesOf({ first: 0, last: 0 }, [8, 0], { width: 10, height: 80 });
  assert.deepEqual([0, 8].map((value) => y(value) + 0), [0, 80]);
});

test("ticks are round values in the domain", () => {
  assert.deepEqual(roundTicks([-2.7, 1.5]).map(({ text }) => text), ["−2", "0"]);
  assert.deepEqual(roundTicks([-0.013, 0.021]).map(({ text }) => text), ["−0.01", "0.00", "0.01", "0.02"]);
});

test("there are two to five ticks in every domain, all of them inside", () => {
  const next = random(3);
  for (let round = 0; round < 300; round++) {
    const [low, high] = [-(10 ** (6 * next() - 3)), 10 ** (6 * next() - 3)];
    const ticks = roundTicks([low, high]);
    assert.ok(ticks.length >= 2 && ticks.length <= 5, String([low, high]));
    assert.ok(ticks.every(({ value }) => value >= low && value <= high));
  }
});

test("the domain of signed values has 0, all values and some room", () => {
  const [low, high] = signedDomain([0.5, 2]);
  assert.ok(low < 0 && high > 2);
});

test("values that are all 0 still have a domain", () => {
  assert.deepEqual(signedDomain([0, 0]), [-1, 1]);
});
