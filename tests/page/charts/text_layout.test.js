import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../../service/page/js/charts/text_layout.js";
import { random } from "../records.js";

/** @param {string} text  measured with ten pixels a character */
const measure = (text) => 10 * Array.from(text).length;

/**
 * The lines of a text, joined from its words.
 * @param {import("../../../service/page/js/charts/text_layout.js").Word[]} words
 */
function linesOf(words) {
  /** @type {string[]} */
  const lines = [];
  for (const { text, line } of words) lines[line] = (lines[line] ?? "") + text;
  return lines;
}

test("words are placed one after another", () => {
  assert.deepEqual(layOut("a fine", [{ start: 0, end: 1 }, { start: 2, end: 6 }], 100, measure), [
    { text: "a", x: 0, line: 0, width: 10, token: 0 },
    { text: " ", x: 10, line: 0, width: 10, token: null },
    { text: "fine", x: 20, line: 0, width: 40, token: 1 },
  ]);
});

test("a word that does not fit begins a new line", () => {
  assert.deepEqual(linesOf(layOut("one two three", [], 80, measure)), ["one two ", "three"]);
});

test("punctuation stays on the line of its word", () => {
  const tokens = [{ start: 0, end: 3 }, { start: 4, end: 7 }, { start: 7, end: 8 }];
  assert.deepEqual(linesOf(layOut("one two, three", tokens, 75, measure)), ["one ", "two, ", "three"]);
});

test("a line break in the text breaks the line", () => {
  assert.deepEqual(
    layOut("a\nb\n\nc", [], 80, measure).map(({ text, line }) => [text, line]),
    [["a", 0], ["b", 1], ["c", 3]],
  );
});

test("a word wider than a line is divided, and its parts keep the token", () => {
  const words = layOut("abcdefghij", [{ start: 0, end: 10 }], 40, measure);
  assert.equal(words.map(({ text }) => text).join(""), "abcdefghij");
  assert.ok(words.every(({ width, token }) => width <= 40 && token === 0));
});

test("a character wider than a line is placed all the same", () => {
  assert.deepEqual(linesOf(layOut("ab", [], 5, measure)), ["a", "b"]);
});

test("an empty text has no words", () => {
  assert.deepEqual(layOut("", [], 100, measure), []);
});

test("nothing of a text is lost, and no word leaves its line", () => {
  const alphabet = ["a", "b", " ", "é", "😀"];
  const next = random(7);
  for (let round = 0; round < 200; round++) {
    const text = Array.from({ length: Math.floor(next() * 60) }, () => alphabet[Math.floor(next() * alphabet.length)]).join("");
    const words = layOut(text, [], 100, measure);
    assert.equal(words.map(({ text: part }) => part).join(""), text);
    for (const [index, { x, line, width }] of words.entries()) {
      assert.ok(x >= 0 && x + width <= 100);
      const before = words[index - 1];
      if (before?.line === line) assert.equal(x, before.x + before.width);
    }
  }
});
