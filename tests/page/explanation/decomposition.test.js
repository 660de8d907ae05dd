import assert from "node:assert/strict";
import { test } from "node:test";
import { decompositionRows } from "../../../service/page/js/explanation/decomposition.js";
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
