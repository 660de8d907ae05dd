import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange } from "../../../service/page/js/many/arrangement.js";
import { asCsv, asJsonLines } from "../../../service/page/js/many/export.js";
import { distinct, inLists } from "../../../service/page/js/many/scoring.js";
import { readTable } from "../../../service/page/js/many/separated.js";
import { countsOf, histogramOf, verdictOf, wilson, wordsOf } from "../../../service/page/js/many/summary.js";

/** @typedef {import("../../../service/page/js/many/scoring.js").Scored} Scored */

/**
 * @param {number} number
 * @param {number} positive  P(positive)
 * @param {Partial<Scored>} [fields]
 * @returns {Scored}
 */
const scored = (number, positive, fields = {}) => ({
  number,
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
  ...fields,
});

const REFUSED = scored(9, 0.5, { prediction: null, problem: "The text is empty." });
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

test("the shares of a word are summed over texts, in any case", () => {
  const first = scored(1, 0.9, { account: { words: [{ text: "Fine", share: 1 }, { text: "dull", share: -0.5 }], turn: null } });
  const second = scored(2, 0.9, { account: { words: [{ text: "fine", share: 2 }], turn: null } });
  assert.deepEqual(wordsOf([first, second], 1), [{ text: "fine", share: 3, texts: 2 }]);
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

test("of a word that occurs often, the first occurrence is kept, in any case", () => {
  const words = [{ text: "Loved" }, { text: "dull" }, { text: "loved" }];
  assert.deepEqual(distinct(words), [{ text: "Loved" }, { text: "dull" }]);
});

test("lists have at most the number of texts that a request may have, and all texts once", () => {
  const lists = inLists([1, 2, 3, 4, 5].map((number) => scored(number, 0.5)), 2);
  assert.deepEqual(lists.map((list) => list.map(({ number }) => number)), [[1, 2], [3, 4], [5]]);
});

test("a list of very long texts is shorter", () => {
  const long = { text: "x".repeat(150_000) };
  assert.deepEqual(inLists([long, long, long], 100).map((list) => list.length), [1, 1, 1]);
});

test("a saved table has all texts, quoted where they need it", () => {
  const { names, rows } = readTable(asCsv([scored(1, 0.123456789, { text: 'a, "b"\nc' }), REFUSED]), ",");
  const at = (/** @type {string} */ name) => names.indexOf(name);
  assert.equal(rows[0].fields[at("text")], 'a, "b"\nc');
  assert.equal(rows[0].fields[at("probability_positive")], "0.123456789");
  assert.equal(rows[1].fields[at("problem")], "The text is empty.");
});

test("a text that a spreadsheet would run as a formula begins with an apostrophe", () => {
  const { names, rows } = readTable(asCsv([scored(1, 0.5, { text: "=1+1" })]), ",");
  assert.equal(rows[0].fields[names.indexOf("text")], "'=1+1");
});

test("JSON Lines keep texts as they are", () => {
  const [line] = asJsonLines([scored(1, 0.25, { text: "=1+1\n" })]).split("\n");
  assert.deepEqual(JSON.parse(line).text, "=1+1\n");
});
