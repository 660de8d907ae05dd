import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange } from "../../../service/page/js/many/arrangement.js";
import { asCsv, asJsonLines } from "../../../service/page/js/many/export.js";
import { readTable } from "../../../service/page/js/many/separated.js";
import { countsOf, histogramOf, verdictOf, wilson, wordsOf } from "../../../service/page/js/many/summary.js";

/** @typedef {import("../../../service/page/js/many/scored.js").Scored} Scored */

/**
 * @param {number} number
 * @param {number} positive  P(positive)
 * @param {Partial<Scored>} [fields]
 * @returns {Scored}
 */
const scored = (number, positive, fields = {}) => ({
  number,
  line: number + 1,
  text: `text ${number}`,
  prediction: {
    label: positive > 0.5 ? "positive" : "negative",
    score: Math.max(positive, 1 - positive),
    probabilities: { positive, negative: 1 - positive },
    coverage: 1,
    undecided: false,
    warnings: [],
    model: { name: "sample", version: "1", id: "sample" },
    tokens: 2,
  },
  account: null,
  problem: null,
  unexplained: null,
  hasFailed: false,
  ...fields,
});

const REFUSED = scored(9, 0.5, { prediction: null, problem: "The text is empty." });
/**
 * @param {[string, number, number][]} words  with the sum of their shares, and their count
 * @param {{flip: number, reset: number, rewrite: number}} [flags]
 */
const explained = (words, flags = { flip: 0, reset: 0, rewrite: 0 }) =>
  scored(1, 0.9, {
    account: {
      words: words.map(([text, share]) => ({ text, share })),
      tallies: new Map(words.map(([text, share, count]) => [text, { share, count }])),
      turn: null,
      flags,
    },
  });

const ALL = { verdict: "", words: "", key: /** @type {const} */ ("number"), isDescending: false };

test("a text that was refused is a problem, and one without a response waits", () => {
  assert.equal(verdictOf(REFUSED), "problem");
  assert.equal(verdictOf({ prediction: null, problem: null }), "waiting");
});

test("the counts of all verdicts sum to the texts", () => {
  const counts = countsOf([scored(1, 0.9), scored(2, 0.8), scored(3, 0.1), REFUSED]);
  assert.deepEqual(counts, { positive: 2, negative: 1, undecided: 0, problem: 1, waiting: 0 });
});

test("the interval of a share is Wilson's", () => {
  const [low, high] = wilson(8, 10);
  assert.ok(Math.abs(low - 0.4902) < 1e-3 && Math.abs(high - 0.9433) < 1e-3);
  assert.ok(wilson(0, 5)[0] < 1e-12);
});

test("a certain text is in the last twentieth", () => {
  const bins = histogramOf([scored(1, 0), scored(2, 0.049), scored(3, 1), REFUSED]);
  assert.deepEqual([bins.length, bins[0], bins[19]], [20, 2, 1]);
});

test("a word's sum is over all its occurrences in all texts", () => {
  const texts = [explained([["fine", 1, 1], ["dull", -0.5, 1]]), explained([["fine", 3, 2]])];
  assert.deepEqual(wordsOf(texts, 1), [{ text: "fine", share: 4, count: 3, texts: 2 }]);
});

test("function words are among the words only on request, negations always", () => {
  const texts = [explained([["and", 5, 9], ["not", -1, 1]])];
  assert.deepEqual(wordsOf(texts, 9).map(({ text }) => text), ["not"]);
  assert.deepEqual(wordsOf(texts, 9, { withFunctionWords: true }).map(({ text }) => text), ["and", "not"]);
});

test("texts are sorted by probability, those without one at the end", () => {
  const order = arrange([scored(1, 0.9), REFUSED, scored(2, 0.1)], { ...ALL, key: "probability" });
  assert.deepEqual(order.map(({ number }) => number), [2, 1, 9]);
});

test("texts with equal values keep the order of the file, in both directions", () => {
  const texts = [scored(1, 0.9), scored(2, 0.9)];
  for (const isDescending of [false, true]) {
    assert.deepEqual(arrange(texts, { ...ALL, key: "verdict", isDescending }).map(({ number }) => number), [1, 2]);
  }
});

test("texts are filtered by verdict and by words, and stay in the list", () => {
  const texts = [scored(1, 0.9), scored(2, 0.1), scored(3, 0.1, { text: "A DULL film" })];
  assert.deepEqual(arrange(texts, { ...ALL, verdict: "negative" }).length, 2);
  assert.deepEqual(arrange(texts, { ...ALL, words: " dull " }).map(({ number }) => number), [3]);
  assert.equal(texts.length, 3);
});

test("texts without a value come last in both directions", () => {
  for (const isDescending of [false, true]) {
    const order = arrange([REFUSED, scored(1, 0.9), scored(2, 0.1)], { ...ALL, key: "probability", isDescending });
    assert.equal(order.at(-1), REFUSED);
  }
});

test("texts are sorted by their number of flags", () => {
  const few = explained([], { flip: 1, reset: 0, rewrite: 0 });
  const many = explained([], { flip: 1, reset: 1, rewrite: 2 });
  assert.deepEqual(arrange([few, many], { ...ALL, key: "flags", isDescending: true }), [many, few]);
});

test("a saved table has all texts, quoted where they need it", () => {
  const { names, rows } = readTable(asCsv([scored(1, 0.123456789, { text: 'a, "b"\nc' }), REFUSED]), ",");
  const at = (/** @type {string} */ name) => names.indexOf(name);
  assert.equal(rows[0].fields[at("text")], 'a, "b"\nc');
  assert.equal(rows[0].fields[at("probability_positive")], "0.123456789");
  assert.equal(rows[1].fields[at("error")], "The text is empty.");
});

test("a text that a spreadsheet would run as a formula begins with an apostrophe", () => {
  const { names, rows } = readTable(asCsv([scored(1, 0.5, { text: "=1+1" })]), ",");
  assert.equal(rows[0].fields[names.indexOf("text")], "'=1+1");
});

test("so does a list of words that would be a formula", () => {
  const { names, rows } = readTable(asCsv([explained([["=", -0.25, 1]])]), ",");
  assert.equal(rows[0].fields[names.indexOf("top_words")], "'= -0.25");
});

test("a saved table names the model and the flags of each text", () => {
  const [line] = asJsonLines([explained([], { flip: 1, reset: 0, rewrite: 2 })]).split("\n");
  const { model, flips, resets, rewrites } = JSON.parse(line);
  assert.deepEqual([model, flips, resets, rewrites], ["sample", 1, 0, 2]);
});

test("JSON Lines keep texts as they are", () => {
  const [line] = asJsonLines([scored(1, 0.25, { text: "=1+1\n" })]).split("\n");
  assert.deepEqual(JSON.parse(line).text, "=1+1\n");
});
