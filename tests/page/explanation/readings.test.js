import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf, verdictOf } from "../../../service/page/js/explanation/readings.js";

/**
 * @param {string} id
 * @param {object} more
 * @returns {any}
 */
const reading = (id, more) => ({
  model: { id, name: id, version: "1" },
  text: "A dull film.",
  label: "negative",
  undecided: false,
  probabilities: { positive: 0.25, negative: 0.75 },
  turning_point: null,
  tokens: [
    { text: "A", start: 0, attribution: 0.1 },
    { text: "dull", start: 2, attribution: -1 },
    { text: "film", start: 7, attribution: 0.2 },
    { text: ".", start: 11, attribution: -3 },
  ],
  ...more,
});

test("an undecided text has no verdict", () => {
  assert.equal(verdictOf({ label: "positive", undecided: true }).verdict, "undecided");
  assert.equal(verdictOf({ label: "positive", undecided: false }).words, "Positive");
});

test("models that agree are said to", () => {
  const { lead } = differenceOf(reading("one", {}), reading("two", {}));
  assert.match(lead, /Both models.*Negative/);
});

test("models that disagree are named with their verdicts", () => {
  const other = reading("two", { label: "positive", probabilities: { positive: 0.75, negative: 0.25 } });
  const { lead, rest } = differenceOf(reading("one", {}), other);
  assert.match(lead, /disagree: one says “Negative”, two “Positive”/);
  assert.match(rest, /0\.250 in one and 0\.750 in two, 0\.500 apart/);
});

test("the word that differs most is named, punctuation is not", () => {
  const tokens = [
    { text: "A", start: 0, attribution: 0.1 },
    { text: "dull", start: 2, attribution: -2 },
    { text: "film", start: 7, attribution: 0.3 },
    { text: ".", start: 11, attribution: 3 },
  ];
  const { rest } = differenceOf(reading("one", {}), reading("two", { tokens }));
  assert.match(rest, /“dull” differs most.*−1\.000 in the one, −2\.000 in the other/);
});

test("words that only one model has are not compared", () => {
  const tokens = [{ text: "dullfilm", start: 3, attribution: -2 }];
  assert.doesNotMatch(differenceOf(reading("one", {}), reading("two", { tokens })).rest, /differs most/);
});

test("where the readings turned is stated for each", () => {
  const turned = reading("one", { turning_point: 1 });
  assert.match(differenceOf(turned, reading("two", {})).rest, /one turned at “dull”, two never turned/);
  assert.match(differenceOf(turned, reading("two", { turning_point: 1 })).rest, /Both turned at “dull”/);
  assert.match(differenceOf(reading("one", {}), reading("two", {})).rest, /Neither turned/);
});

test("a turn at punctuation is one at the word before it", () => {
  const turned = reading("one", { turning_point: 3 });
  assert.match(differenceOf(turned, reading("two", {})).rest, /one turned at “film”/);
});
