import assert from "node:assert/strict";
import { test } from "node:test";
import { firstWord, isWord, shareOf, strongestToken, topClauses, topWords } from "../../../service/page/js/explanation/words.js";
import { contributing, token } from "../records.js";

/**
 * @param {number} attribution
 * @param {string} [text]
 */
const attributed = (attribution, text = "word") => token({ text, attribution, without: 0.5 });

test("letters, digits and emoji are words, punctuation is not", () => {
  assert.deepEqual(["fine", "8/10", "😀", "★", ".", "…", "—", "'"].map((text) => isWord({ text })), [
    true, true, true, true, false, false, false, false,
  ]);
});

test("the share of a token is its attribution", () => {
  assert.equal(shareOf(attributed(-2)), -2);
});

test("the share of a token is its contribution if no attribution was computed", () => {
  assert.equal(shareOf(contributing(0.25)), 0.25);
});

test("the top words are sorted by the absolute share, with the probability without them", () => {
  const tokens = [attributed(0.25, "a"), attributed(-1, "b"), attributed(0.5, "c")];
  assert.deepEqual(topWords({ tokens }, 2), [
    { index: 1, text: "b", share: -1, without: 0.5 },
    { index: 2, text: "c", share: 0.5, without: 0.5 },
  ]);
});

test("words with equal shares keep their order", () => {
  const tokens = [0.5, -0.5, 0.5].map((share) => attributed(share));
  assert.deepEqual(topWords({ tokens }, 3).map(({ index }) => index), [0, 1, 2]);
});

test("punctuation is not among the top words, whatever its share", () => {
  const tokens = [attributed(0.25, "fine"), attributed(9, ".")];
  assert.deepEqual(topWords({ tokens }, 8).map(({ text }) => text), ["fine"]);
});

test("a text of punctuation alone has its punctuation", () => {
  assert.equal(topWords({ tokens: [attributed(0.25, "!"), attributed(1, "?")] }, 8).length, 2);
});

test("sorting does not change the explanation", () => {
  const tokens = [attributed(0.25, "a"), attributed(-1, "b")];
  topWords({ tokens }, 2);
  assert.deepEqual(tokens.map(({ text }) => text), ["a", "b"]);
});

test("the strongest token is the first word with the largest absolute share", () => {
  assert.equal(strongestToken({ tokens: [0.25, -1, 1].map((share) => attributed(share)) }), 1);
});

test("the first word of a range is searched in the range alone", () => {
  const tokens = ["one", ",", "two", "."].map((text) => ({ text }));
  assert.equal(firstWord(tokens, { first: 1, last: 3 }), 2);
});

test("a range without a word has its first token", () => {
  assert.equal(firstWord([{ text: "one" }, { text: "." }], { first: 1, last: 1 }), 1);
});

test("the top clauses are sorted by the absolute attribution", () => {
  const clauses = [0.25, -2, 1].map((attribution) => ({ text: "", start_token: 0, end_token: 1, attribution, without: 0.5 }));
  assert.deepEqual(topClauses(clauses, 2).map(({ attribution }) => attribution), [-2, 1]);
});
