import assert from "node:assert/strict";
import { test } from "node:test";
import { questionOf } from "../../../service/page/js/core/permalink.js";
import { isShown, linkOfPlace, questionOfPlace, STEPS } from "../../../service/page/js/story/steps.js";
import { sweepRecord, token } from "../records.js";

const PLACES = STEPS.flatMap(({ places }) => places);
const CONVENTIONS = /** @type {const} */ (["pytorch", "chung2014"]);

/** @param {string} name */
const step = (name) => STEPS.find((one) => one.name === name) ?? assert.fail(`no step ${name}`);

/** @param {number} mean  of the reset gate */
const read = (mean) => ({
  tokens: [0, 1, 2].map(() => token({ reset: { ...token().reset, mean } })),
  probabilities: { negative: 0.25, positive: 0.75 },
});

/** A sweep that ends at `was`, and at `open` with the gate at 1. */
const swept = (/** @type {number} */ was, /** @type {number} */ open) => {
  const { as_it_was: run, stops } = sweepRecord();
  /** @param {number} p */
  const at = (p) => ({ probability_positive: p, label: /** @type {"positive" | "negative"} */ (p > 0.5 ? "positive" : "negative") });
  return sweepRecord({
    as_it_was: { ...run, ...at(was) },
    stops: stops.map((stop) => (stop.value === 1 ? { ...stop, ...at(open) } : stop)),
  });
};

test("the link of every step restores its question", () => {
  for (const convention of CONVENTIONS) {
    for (const place of PLACES) {
      const { search } = new URL(linkOfPlace(place, convention), "http://localhost");
      assert.deepEqual(questionOf(search), questionOfPlace(place, convention));
    }
  }
});

test("no two links of the steps are the same", () => {
  assert.equal(new Set(PLACES.map((place) => linkOfPlace(place, "pytorch"))).size, PLACES.length);
});

test("the update gate is closed at the value at which it keeps the old state", () => {
  const [place] = step("update").places;
  assert.deepEqual(CONVENTIONS.map((convention) => place.at(convention)), ["1", "0"]);
});

test("a step is shown when its text, gate and value are", () => {
  const [place] = step("open").places;
  const shown = { text: place.text, convention: /** @type {const} */ ("pytorch"), gate: place.gate, at: "1" };
  assert.ok(isShown(place, shown));
  assert.ok(!isShown(place, { ...shown, at: "0.9" }));
});

test("a lesson is only stated where the figures bear it out", () => {
  assert.notEqual(step("open").remark(read(0.1), swept(0.1, 0.9)), "");
  assert.equal(step("open").remark(read(0.1), swept(0.1, 0.2)), "");
});

test("that a gate’s value is no cause is only stated where it is nearly shut and hardly matters", () => {
  assert.notEqual(step("plot").remark(read(0.1), swept(0.03, 0.07)), "");
  assert.equal(step("plot").remark(read(0.6), swept(0.03, 0.07)), "");
  assert.equal(step("plot").remark(read(0.1), swept(0.03, 0.3)), "");
});

test("the figures of a lesson are those of the response", () => {
  assert.match(step("fair").remark(read(0.1), sweepRecord()), /0\.40.*0\.30.*0\.1[23]/);
});
