import assert from "node:assert/strict";
import { test } from "node:test";
import { AS_IT_WAS, AVERAGE, heldSentence, meanGate, rangeWords, runAt, stopsOf, valueWords } from "../../../service/page/js/story/held.js";
import { sweepRecord, token } from "../records.js";

test("the stops are eleven values, as it was and the average", () => {
  const stops = stopsOf(0.25);
  assert.equal(stops.length, 13);
  assert.deepEqual(new Set(stops), new Set(["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1", AS_IT_WAS, AVERAGE]));
});

test("as it was stands at its mean among the stops", () => {
  assert.deepEqual(stopsOf(0.25).slice(2, 6), ["0.2", AS_IT_WAS, AVERAGE, "0.3"]);
});

test("the mean of a gate is that of the range alone", () => {
  const gates = [0, 0.5, 1].map((mean) => token({ reset: { ...token().reset, mean } }));
  assert.equal(meanGate(gates, "reset", { first: 1, last: 2 }), 0.75);
});

test("every stop has the run of its value", () => {
  const sweep = sweepRecord();
  const ends = [AS_IT_WAS, AVERAGE, "0", "0.1", "1"].map((key) => runAt(sweep, key).probability_positive);
  assert.deepEqual(ends, [0.125, 0.4, 0.3, 0.15, 0.95]);
});

test("a stop that was not computed is an error", () => {
  assert.throws(() => runAt(sweepRecord(), "0.7"));
});

test("a sentence on a held gate has the new probability before the old one", () => {
  assert.match(heldSentence(sweepRecord(), "1"), /0\.95.*0\.1[23]/);
});

test("a sentence on a held gate tells a turned verdict from one that stays", () => {
  assert.match(heldSentence(sweepRecord(), "1"), /turns to positive/);
  assert.match(heldSentence(sweepRecord(), "0"), /still negative/);
});

test("a small change is said to hardly matter", () => {
  assert.match(heldSentence(sweepRecord(), "0.1"), /hardly matters/);
});

test("an undecided text is given no verdict", () => {
  assert.doesNotMatch(heldSentence(sweepRecord({ undecided: true }), "1"), /positive\./);
});

test("the update gate means the opposite in the other convention", () => {
  assert.equal(valueWords("update", "1", "pytorch").slice(4), valueWords("update", "0", "chung2014").slice(4));
});

const WORDS = [{ text: "a" }, { text: "fine" }, { text: "film" }];

test("a range in the middle is named by both of its ends", () => {
  assert.equal(rangeWords([...WORDS, { text: "." }], { first: 1, last: 2 }), "from “fine” to “film”");
});

test("a range of one word is named by it", () => {
  assert.equal(rangeWords(WORDS, { first: 1, last: 1 }), "at “fine”");
});

test("a range of all words is named as such", () => {
  assert.doesNotMatch(rangeWords(WORDS, { first: 0, last: 2 }), /“/);
});
