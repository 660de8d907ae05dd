import assert from "node:assert/strict";
import { test } from "node:test";
import { View } from "../../../service/page/js/core/view.js";
import { random } from "../records.js";

/** @param {number} count  of words */
function viewOf(count) {
  const view = new View();
  view.reset(Array.from({ length: count }, (_, index) => `word${index}`));
  return view;
}

test("another review is shown whole", () => {
  const view = viewOf(10);
  assert.deepEqual(view.value, { first: 0, last: 9 });
  assert.equal(view.isWhole, true);
});

test("a dragged range is rounded to whole tokens", () => {
  const view = viewOf(10);
  view.showRange(1.6, 4.4);
  assert.deepEqual(view.value, { first: 2, last: 4 });
  assert.equal(view.isWhole, false);
});

test("a range beyond the review is cut to it", () => {
  const view = viewOf(10);
  view.showRange(-5, 50);
  assert.deepEqual(view.value, { first: 0, last: 9 });
  view.showRange(50, 60);
  assert.deepEqual(view.value, { first: 9, last: 9 });
});

test("a range has at least one token", () => {
  const view = viewOf(10);
  view.showRange(4.2, 4.3);
  assert.deepEqual(view.value, { first: 4, last: 4 });
  view.showRange(6, 2);
  assert.deepEqual(view.value, { first: 6, last: 6 });
});

test("a close-up has the token in its middle", () => {
  const view = viewOf(100);
  view.showAround(50, 11);
  assert.deepEqual(view.value, { first: 45, last: 55 });
});

test("a close-up stays within the ends of the review", () => {
  const view = viewOf(100);
  view.showAround(2, 11);
  assert.deepEqual(view.value, { first: 0, last: 10 });
  view.showAround(99, 11);
  assert.deepEqual(view.value, { first: 89, last: 99 });
});

test("a close-up that is larger than the review shows all of it", () => {
  const view = viewOf(5);
  view.showAround(2, 11);
  assert.equal(view.isWhole, true);
});

test("every close-up contains its token and has its size", () => {
  const next = random(2);
  for (let round = 0; round < 500; round++) {
    const count = 1 + Math.floor(next() * 60);
    const size = 1 + Math.floor(next() * 60);
    const token = Math.floor(next() * count);
    const view = viewOf(count);
    view.showAround(token, size);
    const { first, last } = view.value;
    assert.ok(view.contains(token));
    assert.equal(last - first + 1, Math.min(size, count));
    assert.ok(first >= 0 && last < count);
  }
});

test("a range contains its ends and nothing beyond", () => {
  const view = viewOf(10);
  view.showRange(2, 4);
  assert.deepEqual([1, 2, 4, 5].map((token) => view.contains(token)), [false, true, true, false]);
});

test("all is shown again on request", () => {
  const view = viewOf(10);
  view.showRange(2, 4);
  view.showAll();
  assert.equal(view.isWhole, true);
});
