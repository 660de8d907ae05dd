import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMNS, countText, listedWords, orderAfter } from "../../../service/page/js/explanation/unit_list.js";

const UNIT = {
  unit: 7,
  head_weight: -0.25,
  mean_reset: 0.5,
  mean_update: 0.975,
  half_life: 12.34,
  largest_contribution: -0.125,
  words: { resets: ["it"], keeps: ["a"], writes: [".", "dull"], contributes: ["boring", "bad", "the", "of"] },
};
const column = (/** @type {string} */ order) => COLUMNS.find((one) => one.order === order) ?? COLUMNS[0];

test("three words are listed, without punctuation", () => {
  assert.deepEqual(listedWords([".", "boring", "bad", "the", "of"], ""), ["boring", "bad", "the"]);
});

test("punctuation is listed if there is nothing else", () => {
  assert.deepEqual(listedWords([".", "!"], ""), [".", "!"]);
});

test("a word that is searched for comes first, whatever its place", () => {
  assert.deepEqual(listedWords(["a", "the", "of", "Boring"], "bor"), ["Boring", "a", "the"]);
  assert.deepEqual(listedWords(["a", "the", "of", "..."], "."), ["...", "a", "the"]);
});

test("the cells of a unit are its figures", () => {
  assert.deepEqual(
    COLUMNS.map(({ cell }) => cell(UNIT, "")),
    ["7", "boring · bad · the", "\u22120.125", "0.500", "0.975", "12.3 tokens", "dull", "a", "it", "\u22120.250"],
  );
});

test("what a model has no index for is a dash", () => {
  const bare = { ...UNIT, words: null, half_life: null, largest_contribution: null };
  assert.deepEqual(COLUMNS.map(({ cell }) => cell(bare, "")).filter((text) => text === "–").length, 6);
});

test("the update gate has the symbol of the convention", () => {
  assert.equal(column("mean_update").title("chung2014"), "Mean update u");
});

test("the first click sorts a column its own way, the second the other way", () => {
  const before = { sort: /** @type {const} */ ("unit"), descending: false };
  const first = orderAfter(column("half_life"), before);
  assert.deepEqual(first, { sort: "half_life", descending: true });
  assert.deepEqual(orderAfter(column("half_life"), first), { sort: "half_life", descending: false });
  assert.deepEqual(orderAfter(column("mean_reset"), before), { sort: "mean_reset", descending: false });
});

test("the count names the word that is searched for", () => {
  assert.match(countText({ shown: 0, total: 0, word: "zx" }), /zx/);
  assert.equal(countText({ shown: 50, total: 1512, word: "" }), "50 of 1,512 units.");
});
