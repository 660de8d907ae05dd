import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURINGS, colouringsByGroup, largestPart, tintOf } from "../../../service/page/js/explanation/colouring.js";
import { contributing, random, token } from "../records.js";

test("the colour of a value has its sign and its share of full colour", () => {
  assert.deepEqual(tintOf(0.5, 2), { sign: "positive", strength: 0.25 });
  assert.deepEqual(tintOf(-2, 2), { sign: "negative", strength: 1 });
});

test("a value beyond full colour has full colour", () => {
  assert.equal(tintOf(5, 2).strength, 1);
});

test("strength grows with the value and is never outside 0 to 1", () => {
  const next = random(5);
  for (let round = 0; round < 300; round++) {
    const full = next() * 10 + 1e-9;
    const [small, large] = [next() * 10, next() * 10].sort((one, other) => one - other);
    const strengths = [tintOf(small, full).strength, tintOf(-large, full).strength];
    assert.ok(strengths[0] <= strengths[1] && strengths[0] >= 0 && strengths[1] <= 1);
  }
});

test("contributions and their parts share the scale of the largest part", () => {
  const tokens = [
    token({ decomposition: { total: 0.25, new_word: 2, recalled_context: -1.75 } }),
    token({ decomposition: { total: -1, new_word: -0.5, recalled_context: -0.5 } }),
  ];
  assert.equal(largestPart(tokens), 2);
  for (const name of ["total", "new_word", "recalled_context"]) assert.equal(COLOURINGS[name].scale(tokens), 2);
});

test("a review in which nothing contributes can still be coloured", () => {
  const tokens = [contributing(0), contributing(0)];
  for (const { scale } of Object.values(COLOURINGS)) {
    assert.equal(tintOf(0, scale(tokens)).strength, 0);
  }
});

test("each colouring has the number of the token that it is named after", () => {
  const values = token({
    decomposition: { total: 1, new_word: 2, recalled_context: 3 },
    attribution: 4,
    running_probability: 0.75,
    gate_effects: { reset_at_1: 5, reset_at_average: 6, update_at_1: 7 },
  });
  assert.deepEqual(
    Object.fromEntries(Object.entries(COLOURINGS).map(([name, { signedValue }]) => [name, signedValue(values)])),
    {
      total: 1,
      new_word: 2,
      recalled_context: 3,
      attribution: 4,
      running: 0.25,
      reset_at_1: 5,
      reset_at_average: 6,
      update_at_1: 7,
    },
  );
});

test("each colouring puts its number into words", () => {
  const values = token({
    attribution: -0.5,
    gate_effects: { reset_at_1: 5, reset_at_average: 6, update_at_1: 7 },
  });
  assert.equal(COLOURINGS.new_word.spoken(values), "new word +0.750");
  assert.equal(COLOURINGS.attribution.spoken(values), "attribution −0.500");
  assert.equal(COLOURINGS.running.spoken(values), "running P(positive) 0.625");
  assert.equal(COLOURINGS.update_at_1.spoken(values), "Δ update at 1: logit +7.000");
});

test("the effects of the reset gate share a scale, that of the update gate has its own", () => {
  const tokens = [
    token({ gate_effects: { reset_at_1: 1, reset_at_average: -3, update_at_1: 8 } }),
    token({ gate_effects: { reset_at_1: -2, reset_at_average: 0, update_at_1: -4 } }),
  ];
  assert.equal(COLOURINGS.reset_at_1.scale(tokens), 3);
  assert.equal(COLOURINGS.reset_at_average.scale(tokens), 3);
  assert.equal(COLOURINGS.update_at_1.scale(tokens), 8);
});

test("the running prediction has full colour at certainty", () => {
  const { signedValue, scale } = COLOURINGS.running;
  const strengthAt = (/** @type {number} */ probability) =>
    tintOf(signedValue(token({ running_probability: probability })), scale([]));
  assert.deepEqual(strengthAt(0), { sign: "negative", strength: 1 });
  assert.deepEqual(strengthAt(0.5), { sign: "negative", strength: 0 });
  assert.deepEqual(strengthAt(1), { sign: "positive", strength: 1 });
});

test("the legend has the scale on both sides", () => {
  assert.deepEqual(COLOURINGS.total.ends(1.234), ["−1.23", "0", "+1.23"]);
  assert.deepEqual(COLOURINGS.running.ends(0.5), ["P = 0", "0.5", "P = 1"]);
});

test("only optional fields need a request of their own", () => {
  const needs = Object.entries(COLOURINGS).flatMap(([name, { needs: field }]) => (field ? [[name, field]] : []));
  assert.deepEqual(Object.fromEntries(needs), {
    attribution: "attribution",
    reset_at_1: "gate_effects",
    reset_at_average: "gate_effects",
    update_at_1: "gate_effects",
  });
});

test("the list of colourings has each of them once, the default first", () => {
  const options = Object.values(colouringsByGroup()).flat();
  assert.deepEqual(
    options.map(({ value }) => value).sort(),
    Object.keys(COLOURINGS).sort(),
  );
  assert.equal(options[0].value, "attribution");
  assert.ok(options.every(({ value, label }) => COLOURINGS[value].label === label));
});
