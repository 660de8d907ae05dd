import assert from "node:assert/strict";
import { test } from "node:test";
import { samePlace, sameText } from "../../../service/page/js/explanation/edited_text.js";

test("texts that differ in line ends only are the same", () => {
  assert.ok(sameText("one\r\ntwo\rthree", "one\ntwo\nthree"));
  assert.ok(!sameText("one\ntwo", "one two"));
});

test("a place behind an emoji is counted in code units", () => {
  assert.equal(samePlace("A 😀 film", 3), 4);
  assert.equal(samePlace("A 😀 film", 99), 9);
});
