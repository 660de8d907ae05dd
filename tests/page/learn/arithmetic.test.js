import assert from "node:assert/strict";
import { test } from "node:test";
import {
  candidate,
  elmanFactor,
  logit,
  mix,
  mixChung2014,
  powerOfTen,
  recur,
  round,
  runningMean,
  sigmoid,
  states,
} from "../../../service/page/js/learn/arithmetic.js";
import { averages } from "../../../service/page/js/learn/sections/order.js";

/**
 * @param {number} actual
 * @param {number} expected
 */
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test("the sigmoid of 0 is one half, and the logit undoes it", () => {
  assert.equal(sigmoid(0), 0.5);
  near(sigmoid(logit(0.3)), 0.3);
});

test("an update gate of 1 keeps the old state, and of 0 takes the candidate", () => {
  assert.equal(mix(1, -0.4, 0.6), 0.6);
  assert.equal(mix(0, -0.4, 0.6), -0.4);
  near(mix(0.75, -0.4, 0.6), 0.35);
});

test("both conventions give the same state for u = 1 − z", () => {
  near(mixChung2014(1 - 0.7, -0.4, 0.6), mix(0.7, -0.4, 0.6));
});

test("a gate of one half halves what is left of the start at every step", () => {
  assert.deepEqual(states(0.5, [0, 0, 0], 0.8), [0.8, 0.4, 0.2, 0.1]);
});

test("with a shut reset gate the candidate is that of the word alone", () => {
  near(candidate(0, 0.3, 5), Math.tanh(0.3));
});

test("candidates read the state of the step before", () => {
  const run = recur({ reset: 1, update: 0, weight: 2, words: [0.5, 0], start: 0 });
  near(run.candidates[0], Math.tanh(0.5));
  near(run.candidates[1], Math.tanh(2 * Math.tanh(0.5)));
  assert.deepEqual(run.states, [0, ...run.candidates]);
});

test("the gradient of a simple net shrinks by the weight times the slope of the tanh", () => {
  near(elmanFactor(1.2, 0.5), 0.9);
});

test("powers of ten add up over steps, and a factor of 0 is minus infinity", () => {
  near(powerOfTen(0.1, 3), -3);
  assert.equal(powerOfTen(0, 2), -Infinity);
  assert.equal(powerOfTen(0, 0), 0);
});

test("a running mean has the mean of the values so far", () => {
  assert.deepEqual(runningMean([1, 3, 2]), [1, 2, 2]);
});

test("a number is rounded as on paper", () => {
  assert.equal(round(0.12346, 4), 0.1235);
});

test("an average ends at the same place whatever the order of the words", () => {
  const first = averages(["It", "was", "not", "boring", ",", "it", "was", "good", "."]);
  const second = averages(["It", "was", "not", "good", ",", "it", "was", "boring", "."]);
  near(first[first.length - 1], second[second.length - 1]);
});
