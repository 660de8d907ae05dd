import assert from "node:assert/strict";
import { test } from "node:test";
import { PLACE_KINDS, originText, unitFacts } from "../../../service/page/js/explanation/unit_profile.js";

const PROFILE = {
  head_weight: -0.25,
  mean_reset: 0.125,
  mean_update: 0.875,
  half_life: 5.25,
  convention: /** @type {const} */ ("pytorch"),
};

test("the facts of a unit have its figures", () => {
  assert.deepEqual(unitFacts(PROFILE), {
    Memory: "half is gone after 5.3 tokens",
    "Reset gate r": "0.125 on average",
    "Update gate z": "0.875 on average",
    "Head weight": "−0.250: a high state raises the logit of negative",
  });
});

test("a memory that was not measured is said to be so", () => {
  assert.equal(unitFacts({ ...PROFILE, half_life: null }).Memory, "not measured");
});

test("a memory of no tokens is a measured one", () => {
  assert.equal(unitFacts({ ...PROFILE, half_life: 0 }).Memory, "half is gone after 0.0 tokens");
});

test("the update gate has the symbol of the convention", () => {
  assert.ok("Update gate u" in unitFacts({ ...PROFILE, convention: "chung2014" }));
});

test("writing is a low z and a high u, keeping the opposite", () => {
  assert.deepEqual(
    [PLACE_KINDS.writes, PLACE_KINDS.keeps].map(({ title }) => [title("pytorch"), title("chung2014")]),
    [
      ["Writes: z lowest", "Writes: u highest"],
      ["Keeps: z highest", "Keeps: u lowest"],
    ],
  );
});

test("gates have the five decimals of the index, contributions a sign", () => {
  assert.equal(PLACE_KINDS.resets.print(0.1), "0.10000");
  assert.equal(PLACE_KINDS.contributes.print(0.1), "+0.100");
});

test("the origin has the number of texts and tokens", () => {
  assert.match(originText({ texts: 2500, source: "imdb", tokens: 12345 }), /^Found in 2,500 texts \(imdb\), 12,345 tokens\./);
});
