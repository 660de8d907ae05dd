import assert from "node:assert/strict";
import { test } from "node:test";
import { nextCell, nextToken, writes } from "../../../service/page/js/core/keyboard.js";

test("arrow keys move by one token, or by ten", () => {
  assert.equal(nextToken("ArrowRight", 20, 100), 21);
  assert.equal(nextToken("ArrowLeft", 20, 100), 19);
  assert.equal(nextToken("ArrowDown", 20, 100), 30);
  assert.equal(nextToken("ArrowUp", 20, 100), 10);
});

test("Home and End move to the ends", () => {
  assert.equal(nextToken("Home", 20, 100), 0);
  assert.equal(nextToken("End", 20, 100), 99);
});

test("no key moves beyond the review", () => {
  for (const key of ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"]) {
    for (let count = 1; count < 15; count++) {
      for (let token = 0; token < count; token++) {
        const next = nextToken(key, token, count);
        assert.ok(next !== null && next >= 0 && next < count);
      }
    }
  }
});

test("other keys do not move", () => {
  for (const key of ["a", "Enter", " ", "Escape", "Tab", "toString"]) {
    assert.equal(nextToken(key, 0, 10), null);
    assert.equal(nextCell(key, { token: 0, unit: 0 }, { tokens: 3, units: 3 }), null);
  }
});

test("in the heat map, left and right move between tokens, up and down between units", () => {
  const from = { token: 1, unit: 1 };
  const size = { tokens: 3, units: 3 };
  assert.deepEqual(nextCell("ArrowRight", from, size), { token: 2 });
  assert.deepEqual(nextCell("ArrowLeft", from, size), { token: 0 });
  assert.deepEqual(nextCell("ArrowDown", from, size), { unit: 2 });
  assert.deepEqual(nextCell("ArrowUp", from, size), { unit: 0 });
});

test("no key moves beyond the heat map", () => {
  const last = { token: 2, unit: 1 };
  const size = { tokens: 3, units: 2 };
  assert.deepEqual(nextCell("ArrowRight", last, size), { token: 2 });
  assert.deepEqual(nextCell("ArrowDown", last, size), { unit: 1 });
  assert.deepEqual(nextCell("ArrowLeft", { token: 0, unit: 0 }, size), { token: 0 });
  assert.deepEqual(nextCell("ArrowUp", { token: 0, unit: 0 }, size), { unit: 0 });
});

test("without a unit, a move between units leads to the first one", () => {
  const nowhere = { token: null, unit: null };
  const size = { tokens: 3, units: 3 };
  assert.deepEqual(nextCell("ArrowDown", nowhere, size), { unit: 0 });
  assert.deepEqual(nextCell("ArrowUp", nowhere, size), { unit: 0 });
});

test("without a token, a move between tokens begins at the first one", () => {
  const nowhere = { token: null, unit: null };
  const size = { tokens: 3, units: 3 };
  assert.deepEqual(nextCell("ArrowRight", nowhere, size), { token: 1 });
  assert.deepEqual(nextCell("ArrowLeft", nowhere, size), { token: 0 });
});

test("characters, deletions and paste change a text; keys that move or choose do not", () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false };
  for (const key of ["a", "é", "😀", "?", "Backspace", "Delete"]) assert.ok(writes({ ...plain, key }), key);
  for (const key of [" ", "Enter", "ArrowLeft", "Escape", "Tab", "Dead"]) assert.ok(!writes({ ...plain, key }), key);
  assert.ok(writes({ ...plain, ctrlKey: true, key: "v" }));
  assert.ok(!writes({ ...plain, ctrlKey: true, key: "c" }));
  assert.ok(!writes({ ...plain, altKey: true, key: "a" }));
});
