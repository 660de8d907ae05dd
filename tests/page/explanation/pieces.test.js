import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../../service/page/js/explanation/pieces.js";
import { random } from "../records.js";

test("a text is cut at its tokens and between them", () => {
  assert.deepEqual(pieces("A <b>fine</b> film", [{ start: 0, end: 1 }, { start: 5, end: 9 }, { start: 14, end: 18 }]), [
    { text: "A", token: 0 },
    { text: " <b>", token: null },
    { text: "fine", token: 1 },
    { text: "</b> ", token: null },
    { text: "film", token: 2 },
  ]);
});

test("tokens without anything between them have no piece between them", () => {
  assert.deepEqual(pieces("don't", [{ start: 0, end: 2 }, { start: 2, end: 5 }]), [
    { text: "do", token: 0 },
    { text: "n't", token: 1 },
  ]);
});

test("text after the last token is kept", () => {
  assert.deepEqual(pieces("a \n", [{ start: 0, end: 1 }]).at(-1), { text: " \n", token: null });
});

test("a text without tokens is one piece", () => {
  assert.deepEqual(pieces("  ", []), [{ text: "  ", token: null }]);
  assert.deepEqual(pieces("", []), []);
});

test("offsets count code points, not UTF-16 units", () => {
  assert.deepEqual(pieces("😀 ok", [{ start: 2, end: 4 }]), [
    { text: "😀 ", token: null },
    { text: "ok", token: 0 },
  ]);
});

test("joined, the pieces are the text, and every token has its own", () => {
  const alphabet = ["a", "b", " ", "\n", "é", "😀", "<"];
  const next = random(4);
  for (let round = 0; round < 300; round++) {
    const characters = Array.from({ length: Math.floor(next() * 40) }, () => alphabet[Math.floor(next() * alphabet.length)]);
    const tokens = [];
    for (let at = 0; at < characters.length; ) {
      const start = at + Math.floor(next() * 3);
      const end = start + 1 + Math.floor(next() * 4);
      if (end > characters.length) break;
      tokens.push({ start, end });
      at = end;
    }
    const found = pieces(characters.join(""), tokens);
    assert.equal(found.map(({ text }) => text).join(""), characters.join(""));
    assert.deepEqual(
      found.filter(({ token }) => token !== null).map(({ text }) => text),
      tokens.map(({ start, end }) => characters.slice(start, end).join("")),
    );
    assert.ok(found.every(({ text }) => text !== ""));
  }
});
