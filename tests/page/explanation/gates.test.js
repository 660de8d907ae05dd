import assert from "node:assert/strict";
import { test } from "node:test";
import { keepingUpdate, gateEnds, gateNote, gateTitle, updateSymbol } from "../../../service/page/js/explanation/gates.js";

test("the update gate is z in PyTorch and u in Chung 2014", () => {
  assert.equal(updateSymbol("pytorch"), "z");
  assert.equal(updateSymbol("chung2014"), "u");
});

test("the two conventions have opposite ends", () => {
  const meaning = (/** @type {string} */ end) => end.slice(3);
  assert.deepEqual(
    gateEnds("update", "chung2014").map(meaning),
    gateEnds("update", "pytorch").map(meaning).reverse(),
  );
});

test("an update gate that writes nothing keeps the old state in each convention", () => {
  for (const convention of /** @type {const} */ (["pytorch", "chung2014"])) {
    assert.match(gateEnds("update", convention)[keepingUpdate(convention)], /keep the old state/);
  }
});

test("the convention does not change the reset gate", () => {
  assert.equal(gateTitle("reset", "pytorch"), gateTitle("reset", "chung2014"));
  assert.deepEqual(gateEnds("reset", "pytorch"), gateEnds("reset", "chung2014"));
});

test("the title of the update gate names its convention", () => {
  assert.equal(gateTitle("update", "pytorch"), "Update gate z (PyTorch)");
  assert.equal(gateTitle("update", "chung2014"), "Update gate u = 1 − z (Chung 2014)");
});

test("the note has both ends, 0 first", () => {
  assert.equal(gateNote("update", "pytorch"), "0: take the candidate; 1: keep the old state.");
});
