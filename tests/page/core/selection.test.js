import assert from "node:assert/strict";
import { test } from "node:test";
import { Selection } from "../../../service/page/js/core/selection.js";

test("nothing is selected at the start", () => {
  assert.equal(new Selection().active, null);
});

test("the pinned token is active while none is hovered", () => {
  const selection = new Selection();
  selection.pin(3, "highlight");
  assert.equal(selection.active, 3);
});

test("a hovered token is active instead of the pinned one", () => {
  const selection = new Selection();
  selection.pin(3, "highlight");
  selection.hover(0, "figure");
  assert.equal(selection.active, 0);
  selection.hover(null, "figure");
  assert.equal(selection.active, 3);
});

test("toggling pins a token, and unpins it the second time", () => {
  const selection = new Selection();
  selection.toggle(0, "highlight");
  assert.equal(selection.value.pinned, 0);
  selection.toggle(0, "highlight");
  assert.equal(selection.value.pinned, null);
});

test("toggling another token pins that one", () => {
  const selection = new Selection();
  selection.toggle(1, "highlight");
  selection.toggle(2, "highlight");
  assert.equal(selection.value.pinned, 2);
});

test("toggling keeps the hovered token, which is under the pointer", () => {
  const selection = new Selection();
  selection.hover(1, "highlight");
  selection.toggle(1, "highlight");
  assert.equal(selection.value.hovered, 1);
});

test("pinning ends hovering", () => {
  const selection = new Selection();
  selection.hover(5, "figure");
  selection.pin(2, "detail");
  assert.equal(selection.active, 2);
  assert.equal(selection.value.hovered, null);
});

test("a change has the view in which it was made", () => {
  const selection = new Selection();
  selection.pin(2, "detail");
  assert.equal(selection.value.origin, "detail");
  selection.hover(3, "figure");
  assert.equal(selection.value.origin, "figure");
});

test("selecting a unit does not change the token", () => {
  const selection = new Selection();
  selection.pin(2, "detail");
  selection.selectUnit(0);
  assert.deepEqual(selection.value, { hovered: null, pinned: 2, unit: 0, origin: "detail" });
});
