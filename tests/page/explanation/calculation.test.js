import assert from "node:assert/strict";
import { test } from "node:test";
import { calculation, stepsShown } from "../../../service/page/js/explanation/calculation.js";
import { stepUnit } from "../records.js";

test("every number of a step is printed once, in the order of the calculation", () => {
  const unit = stepUnit();
  const values = calculation("pytorch").flatMap(([, lines]) => lines.map(({ value }) => value(unit)));
  assert.deepEqual(values, Array.from({ length: unit.after + 1 }, (_, index) => index));
});

test("the parts are named", () => {
  assert.deepEqual(
    calculation("pytorch").map(([name]) => name),
    ["Old state", "Reset gate", "Update gate", "Candidate", "New state"],
  );
});

test("the conventions differ in the formulas of the update gate and of the mixture only", () => {
  const formulas = (/** @type {"pytorch" | "chung2014"} */ convention) =>
    calculation(convention).flatMap(([, lines]) => lines.map(({ formula }) => formula));
  const pytorch = formulas("pytorch");
  const changed = formulas("chung2014").filter((formula, index) => formula !== pytorch[index]);
  assert.deepEqual(changed, ["u_t = 1 − σ(sum)", "u_t × n_t", "+ (1 − u_t) × h_{t−1}"]);
});

test("a token is shown with the next one", () => {
  assert.deepEqual(stepsShown(0, 10), [0, 1]);
  assert.deepEqual(stepsShown(8, 10), [8, 9]);
});

test("the last token is shown with the one before", () => {
  assert.deepEqual(stepsShown(9, 10), [8, 9]);
});

test("a review of one token has one step", () => {
  assert.deepEqual(stepsShown(0, 1), [0]);
});

test("the steps are in the review, in order, and contain the token", () => {
  for (let count = 1; count < 12; count++) {
    for (let token = 0; token < count; token++) {
      const steps = stepsShown(token, count);
      assert.ok(steps.includes(token));
      assert.equal(steps.length, Math.min(2, count));
      assert.ok(steps.every((step, index) => step >= 0 && step < count && step === steps[0] + index));
    }
  }
});
