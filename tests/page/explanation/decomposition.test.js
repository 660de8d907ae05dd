import assert from "node:assert/strict";
import { test } from "node:test";
import { decompositionRows, largestTokens, strongestToken } from "../../../service/page/js/explanation/decomposition.js";
import { contributing, random } from "../records.js";

/** @param {number[]} totals */
const explanation = (totals) => ({
  decomposition: { bias: -0.125, logit: totals.reduce((sum, total) => sum + total, -0.125), residual: -2.8e-8 },
  tokens: totals.map((total, index) => contributing(total, `word${index}`)),
});

test("the rows are the bias, both sides, the logit and the residual", () => {
  assert.deepEqual(
    decompositionRows(explanation([0.5, -0.25, 0.25])).map(({ name, value }) => [name, value]),
    [
      ["Bias", "−0.125"],
      ["2 tokens towards positive", "+0.750"],
      ["1 token towards negative", "−0.250"],
      ["Logit", "+0.375"],
      ["Residual (rounding)", "−2.8e−8"],
    ],
  );
});

test("tokens of which nothing is left have a row of their own", () => {
  const rows = decompositionRows(explanation([0, 0, 0.5]));
  assert.deepEqual(rows[3], { name: "2 tokens of which nothing is left", value: "0", kind: "" });
  assert.equal(rows[4].kind, "sum");
});

test("a side without tokens adds nothing", () => {
  assert.equal(decompositionRows(explanation([0.5]))[2].value, "0.000");
});

test("the printed rows add up to the logit", () => {
  const next = random(6);
  for (let round = 0; round < 100; round++) {
    const totals = Array.from({ length: 1 + Math.floor(next() * 30) }, () => 8 * (next() - 0.5));
    const values = decompositionRows(explanation(totals)).map(({ value }) => Number(value.replaceAll("−", "-")));
    assert.ok(Math.abs(values[0] + values[1] + values[2] - values[3]) <= 0.002);
  }
});

test("the largest tokens are sorted by the absolute contribution", () => {
  assert.deepEqual(largestTokens(explanation([0.25, -1, 0.5]), 2), [
    { index: 1, text: "word1", total: -1 },
    { index: 2, text: "word2", total: 0.5 },
  ]);
});

test("tokens with equal contributions keep their order", () => {
  assert.deepEqual(largestTokens(explanation([0.5, -0.5, 0.5]), 3).map(({ index }) => index), [0, 1, 2]);
});

test("the limit may exceed the number of tokens", () => {
  assert.equal(largestTokens(explanation([0.5]), 8).length, 1);
});

test("sorting does not change the explanation", () => {
  const given = explanation([0.25, -1, 0.5]);
  largestTokens(given, 3);
  assert.deepEqual(given, explanation([0.25, -1, 0.5]));
});

test("the strongest token is the first with the largest absolute contribution", () => {
  assert.equal(strongestToken(explanation([0.25, -1, 1])), 1);
  assert.equal(strongestToken(explanation([0, 0])), 0);
});
