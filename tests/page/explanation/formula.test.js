import assert from "node:assert/strict";
import { test } from "node:test";
import { formulaParts } from "../../../service/page/js/explanation/formula.js";
import { calculation } from "../../../service/page/js/explanation/calculation.js";

/** @param {string} text */
const subscripts = (text) => formulaParts(text).filter(({ isSubscript }) => isSubscript).map(({ text: part }) => part);

test("letters after an underscore are a subscript", () => {
  assert.deepEqual(formulaParts("W_hr x"), [
    { text: "W", isSubscript: false },
    { text: "hr", isSubscript: true },
    { text: " x", isSubscript: false },
  ]);
});

test("a subscript in braces loses the braces", () => {
  assert.deepEqual(subscripts("h_{t−1} + b_hr"), ["t−1", "hr"]);
});

test("a subscript at the end has nothing after it", () => {
  assert.deepEqual(formulaParts("r_t").at(-1), { text: "t", isSubscript: true });
});

test("a formula without subscripts is one part", () => {
  assert.deepEqual(formulaParts("= sum"), [{ text: "= sum", isSubscript: false }]);
});

test("joined, the parts are the formula without underscores and braces", () => {
  for (const [, lines] of [...calculation("pytorch"), ...calculation("chung2014")]) {
    for (const { formula } of lines) {
      const joined = formulaParts(formula).map(({ text }) => text).join("");
      assert.equal(joined, formula.replace(/[_{}]/g, ""));
    }
  }
});
