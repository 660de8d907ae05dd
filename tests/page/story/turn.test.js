import assert from "node:assert/strict";
import { test } from "node:test";
import { largestMove, runningBounds, turnOf, usualRange } from "../../../service/page/js/story/turn.js";
import { reading } from "../records.js";

/** @type {[string, number][]} */
const TURNED = [["A", 0.5], ["fine", 0.9], ["film", 0.95], [",", 0.95], ["but", 0.8], ["dull", 0.2], [".", 0.1]];
const CLAUSES = [
  { start_token: 0, end_token: 4, text: "A fine film,", attribution: 1, without: 0.1 },
  { start_token: 4, end_token: 7, text: "but dull.", attribution: -2, without: 0.9 },
];
const read = { tokens: reading(TURNED), turning_point: 5, clauses: CLAUSES };

test("a turn begins with the clause of the turning point", () => {
  assert.deepEqual(turnOf(read), { from: 4, at: 5, before: 0.95, after: 0.1 });
});

test("a clause that begins with punctuation turns at its first word", () => {
  const clauses = [{ ...CLAUSES[0], end_token: 3 }, { ...CLAUSES[1], start_token: 3 }];
  assert.equal(turnOf({ ...read, clauses })?.from, 4);
});

test("without clauses a turn begins at the turning point", () => {
  assert.equal(turnOf({ ...read, clauses: null })?.from, 5);
});

test("a clause before which the prediction was on no clear side is not where it turned", () => {
  const tokens = reading([["so", 0.5], ["so", 0.6], [",", 0.6], [",", 0.6], ["but", 0.8], ["dull", 0.2], [".", 0.1]]);
  assert.equal(turnOf({ ...read, tokens })?.from, 5);
});

test("without a turning point there is no turn", () => {
  assert.equal(turnOf({ ...read, turning_point: null }), null);
});

test("a gate is usually held from the turning word to the end", () => {
  assert.deepEqual(usualRange(read), { first: 4, last: 6 });
});

test("without a turn a gate is usually held over the last clause", () => {
  assert.deepEqual(usualRange({ ...read, turning_point: null }), { first: 4, last: 6 });
});

test("without a turn and clauses a gate is usually held over everything", () => {
  assert.deepEqual(usualRange({ ...read, turning_point: null, clauses: null }), { first: 0, last: 6 });
});

test("punctuation never moved the prediction most", () => {
  assert.equal(largestMove(reading([["fine", 0.5], ["film", 0.6], [".", 0.9]]))?.index, 1);
});

test("a single token has no largest move", () => {
  assert.equal(largestMove(reading([["fine", 0.9]])), null);
});

test("the bounds are those of all tokens", () => {
  assert.deepEqual(runningBounds(reading(TURNED)), [0.1, 0.95]);
});
