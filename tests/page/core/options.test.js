import assert from "node:assert/strict";
import { test } from "node:test";
import { CONVENTIONS, GATES, UNITS, UNIT_ORDER } from "../../../service/page/js/core/options.js";

for (const [name, options] of Object.entries({ CONVENTIONS, GATES, UNITS })) {
  test(`the options ${name} have different values and labels`, () => {
    assert.equal(new Set(options.map(({ value }) => value)).size, options.length);
    assert.equal(new Set(options.map(({ label }) => label)).size, options.length);
  });
}

test("the default convention is the one that links leave out", () => {
  assert.equal(CONVENTIONS[0].value, "pytorch");
});

test("every choice of units has its order in words", () => {
  assert.deepEqual(Object.keys(UNIT_ORDER), UNITS.map(({ value }) => value));
});
