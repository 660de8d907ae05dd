import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf, distinct } from "../../../service/page/js/many/account.js";
import { token } from "../records.js";

/**
 * The account of a text of words with these attributions.
 * @param {[string, number][]} words
 * @param {Partial<import("../../../service/page/js/core/types.js").Token>} [fields]  of each token
 */
const accountOfWords = (words, fields = {}) =>
  accountOf({ tokens: words.map(([text, attribution]) => token({ text, attribution, ...fields })), turning_point: null, clauses: null });

test("the words of an account are those that did most, without punctuation", () => {
  const { words } = accountOfWords([["so", 0.1], ["dull", -2], [".", -9], ["and", 0.5], ["fine", 1]]);
  assert.deepEqual(words, [{ text: "dull", share: -2 }, { text: "fine", share: 1 }, { text: "and", share: 0.5 }]);
});

test("a word that occurs often is listed once, where it did most", () => {
  assert.deepEqual(accountOfWords([["Fine", 1], ["fine", 2]]).words, [{ text: "fine", share: 2 }]);
});

test("a tally is the sum of all occurrences of a word, in any case", () => {
  assert.deepEqual(accountOfWords([["Fine", 1], ["fine", 2], ["!", 4]]).tallies, new Map([["fine", { share: 3, count: 2 }]]));
});

test("the flags of all tokens are counted", () => {
  const { flags } = accountOfWords([["a", 1], ["b", 2]], { flags: ["flip", "rewrite"] });
  assert.deepEqual(flags, { flip: 2, reset: 0, rewrite: 2 });
});

test("the turning word is that of the story", () => {
  const tokens = /** @type {[string, number][]} */ ([["Fine", 0.9], ["but", 0.8], ["dull", 0.1]]).map(([text, p]) =>
    token({ text, running_probability: p }),
  );
  assert.equal(accountOf({ tokens, turning_point: 2, clauses: null }).turn, "dull");
});

test("of equal words the first is kept, in any case", () => {
  const words = [{ text: "Loved" }, { text: "dull" }, { text: "loved" }];
  assert.deepEqual(distinct(words), [{ text: "Loved" }, { text: "dull" }]);
});
