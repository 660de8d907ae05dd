import assert from "node:assert/strict";
import { test } from "node:test";
import { FIGURES, betterCount, faithfulnessRows, faithfulnessText, isBetter } from "../../../service/page/js/explanation/faithfulness.js";

const RANDOM = { comprehensiveness: 0.25, sufficiency: 0.25, agreement: 0 };
const GOOD = { comprehensiveness: 0.5, sufficiency: 0.125, agreement: 0.5 };
const MIXED = { comprehensiveness: 0.5, sufficiency: 0.5, agreement: -0.5 };

const faithfulness = () => ({
  decomposition: GOOD,
  attribution: MIXED,
  random: RANDOM,
  random_rankings: 20,
  attributions: [],
  residual: 0,
});

test("of comprehensiveness and agreement, more is better; of sufficiency, less", () => {
  assert.deepEqual(
    Object.fromEntries(Object.entries(FIGURES).map(([name, { higherIsBetter }]) => [name, higherIsBetter])),
    { comprehensiveness: true, sufficiency: false, agreement: true },
  );
  assert.equal(isBetter("comprehensiveness", GOOD, RANDOM), true);
  assert.equal(isBetter("sufficiency", GOOD, RANDOM), true);
  assert.equal(isBetter("sufficiency", MIXED, RANDOM), false);
});

test("an equal figure is not better", () => {
  assert.equal(betterCount(RANDOM, RANDOM), 0);
});

test("better figures are counted", () => {
  assert.equal(betterCount(GOOD, RANDOM), 3);
  assert.equal(betterCount(MIXED, RANDOM), 1);
});

test("there is a row for each ranking, the random ones last", () => {
  assert.deepEqual(
    faithfulnessRows(faithfulness()).map(({ name }) => name),
    ["Contributions", "Attribution", "Random, mean of 20"],
  );
});

test("the cells of a row have its figures and whether each is better than random", () => {
  assert.deepEqual(faithfulnessRows(faithfulness())[1].cells, [
    { text: "+0.500", isBetter: true },
    { text: "+0.500", isBetter: false },
    { text: "−0.500", isBetter: false },
  ]);
});

test("no random figure is marked as better", () => {
  assert.ok(faithfulnessRows(faithfulness())[2].cells.every((cell) => !cell.isBetter));
});

test("the summary has both counts", () => {
  assert.equal(
    faithfulnessText(faithfulness()),
    "On this review, contributions do better than random rankings in 3 of 3 figures, attribution in 1.",
  );
});
