import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf, chance } from "../../../service/page/js/story/account.js";
import { reading } from "../records.js";

/**
 * @param {[string, number][]} words
 * @param {number | null} at  the turning point
 */
const read = (words, at) => ({
  tokens: reading(words),
  turning_point: at,
  clauses: null,
  undecided: false,
  warnings: /** @type {string[]} */ ([]),
});

/** The words of an account of a prediction that was at `before` and turned at “but”. */
const turnedFrom = (/** @type {number} */ before, /** @type {number} */ after) =>
  accountOf(read([["fine", before], ["but", after]], 1)).lead;

test("an account names the word at which the prediction turned", () => {
  assert.match(turnedFrom(0.95, 0.1), /“but”/);
});

test("the strength of the feeling follows the prediction before the turn", () => {
  const leads = [0.95, 0.75, 0.6].map((before) => turnedFrom(before, 0.1));
  assert.equal(new Set(leads).size, 3);
});

test("the feeling before the turn is the opposite for the opposite prediction", () => {
  assert.match(turnedFrom(0.95, 0.1), /loved/);
  assert.match(turnedFrom(0.05, 0.9), /hated/);
});

test("without a turn an account says so and names no turning word", () => {
  const { lead } = accountOf(read([["fine", 0.7], ["film", 0.95]], null));
  assert.match(lead, /Nothing turns/);
  assert.doesNotMatch(lead, /“/);
});

test("without a turn an account names the side that was never taken", () => {
  assert.match(accountOf(read([["fine", 0.7], ["film", 0.95]], null)).lead, /negative/);
  assert.match(accountOf(read([["dull", 0.3], ["film", 0.05]], null)).lead, /positive/);
});

test("a prediction that was clear once but not at the end is not said to have taken a side", () => {
  assert.match(accountOf(read([["fine", 0.9], ["film", 0.6]], null)).lead, /without a clear side/);
});

test("an undecided text gets the reason and no story", () => {
  const account = accountOf({ ...read([["fine", 0.9], ["but", 0.1]], 1), undecided: true, warnings: ["The reason."] });
  assert.equal(account.rest, "The reason.");
  assert.doesNotMatch(account.lead, /but/);
});

test("an account of one token is made of it alone", () => {
  assert.match(accountOf(read([["fine", 0.9]], null)).rest, /0\.90/);
});

test("a probability is never rounded to 0 or 1", () => {
  assert.deepEqual([0.99999, 0.996, 0.5, 0.004, 0.00001].map(chance), [
    "more than 0.999",
    "0.996",
    "0.50",
    "0.004",
    "less than 0.001",
  ]);
});
