import assert from "node:assert/strict";
import { test } from "node:test";
import { inLists } from "../../../service/page/js/many/scoring.js";

/** @param {string[]} texts */
const asked = (...texts) => texts.map((text) => ({ text }));

test("lists have at most the number of texts that a request may have, and all texts once", () => {
  const lists = inLists(asked("a", "b", "c", "d", "e"), { mostTexts: 2, mostBytes: 1000 });
  assert.deepEqual(lists, [asked("a", "b"), asked("c", "d"), asked("e")]);
});

test("a list of long texts is shorter, and a text that is longer than a list is alone", () => {
  const texts = asked("x".repeat(60), "y".repeat(30), "z".repeat(200), "w");
  const lists = inLists(texts, { mostTexts: 100, mostBytes: 100 });
  assert.deepEqual(lists.map((list) => list.length), [2, 1, 1]);
});

test("the bytes of a list are those of its JSON in UTF-8", () => {
  const lists = inLists(asked("€".repeat(10), "\n".repeat(10)), { mostTexts: 100, mostBytes: 55 });
  assert.deepEqual(lists.map((list) => list.length), [1, 1]);
});

test("no texts need no request", () => {
  assert.deepEqual(inLists([], { mostTexts: 2, mostBytes: 10 }), []);
});
