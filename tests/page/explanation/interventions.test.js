import assert from "node:assert/strict";
import { test } from "node:test";
import { GATE_VALUES, SCOPES, interventionOf, optionsOf } from "../../../service/page/js/explanation/interventions.js";

/** @param {"pytorch" | "chung2014"} convention */
const explanation = (convention) => ({ convention, tokens: Array.from({ length: 10 }) });

test("an intervention has the gate, its value and a range with both ends", () => {
  const chosen = { value: "reset-open", scope: "token", token: 3 };
  assert.deepEqual(interventionOf(chosen, explanation("pytorch")), { gate: "reset", value: 1, tokens: "3-3" });
});

test("the scope is the token, all from it on, or all tokens", () => {
  const rangeIn = (/** @type {string} */ scope) =>
    interventionOf({ value: "reset-open", scope, token: 3 }, explanation("pytorch")).tokens;
  assert.deepEqual(Object.keys(SCOPES).map(rangeIn), ["3-3", "3-9", "0-9"]);
});

test("every range lies within the review and contains the pinned token", () => {
  for (let count = 1; count < 12; count++) {
    for (let token = 0; token < count; token++) {
      for (const { range } of Object.values(SCOPES)) {
        const [first, last] = range(token, count);
        assert.ok(0 <= first && first <= token && token <= last && last < count);
      }
    }
  }
});

test("an update gate that writes nothing is 1 in PyTorch's convention and 0 in that of Chung 2014", () => {
  const chosen = { value: "update-closed", scope: "all", token: 0 };
  assert.equal(interventionOf(chosen, explanation("pytorch")).value, 1);
  assert.equal(interventionOf(chosen, explanation("chung2014")).value, 0);
});

test("the meaning of an update gate that writes nothing has the symbol and the value of the convention", () => {
  assert.equal(GATE_VALUES["update-closed"].meaning("pytorch"), "z = 1: the old state stays, nothing is written.");
  assert.equal(GATE_VALUES["update-closed"].meaning("chung2014"), "u = 0: the old state stays, nothing is written.");
});

test("the reset gate has the same value in both conventions", () => {
  for (const name of ["reset-open", "reset-average"]) {
    assert.equal(GATE_VALUES[name].value("pytorch"), GATE_VALUES[name].value("chung2014"));
  }
});

test("the options of a switch are in order, with their labels", () => {
  assert.deepEqual(optionsOf({ b: { label: "B" }, a: { label: "A" } }), [
    { value: "b", label: "B" },
    { value: "a", label: "A" },
  ]);
});
