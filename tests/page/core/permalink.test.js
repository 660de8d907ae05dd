import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LONGEST_LINK,
  heldRange,
  linkTo,
  packedLinkTo,
  pinnedToken,
  questionOf,
  questionOfFragment,
  unitNumber,
  viewRange,
} from "../../../service/page/js/core/permalink.js";
import { random } from "../records.js";

/** @typedef {import("../../../service/page/js/core/permalink.js").Question} Question */

/**
 * @param {Partial<Question>} [fields]
 * @returns {Question}
 */
const question = (fields = {}) => ({ text: "A fine film.", convention: "pytorch", display: {}, ...fields });

/**
 * The question that a link opens.
 * @param {Question} given
 * @returns {Question | null}
 */
const throughLink = (given) => questionOf(new URL(linkTo(given) ?? "", "http://localhost").search);

test("a question at its defaults has only the text in its link", () => {
  assert.equal(linkTo(question()), "/?text=A+fine+film.");
});

test("the convention is in the link if it is not the default", () => {
  assert.equal(linkTo(question({ convention: "chung2014" })), "/?text=A+fine+film.&convention=chung2014");
});

test("a link restores its question", () => {
  const given = question({
    convention: "chung2014",
    display: { token: "3", colour: "running", open: "gates,step", other: "A dull film? 100 % & more" },
  });
  assert.deepEqual(throughLink(given), given);
});

test("a link restores any text", () => {
  const alphabet = ["a", " ", "&", "=", "+", "#", "%", "?", "<", '"', "\n", "é", "中", "😀", "\u0000"];
  const next = random(3);
  for (let round = 0; round < 200; round++) {
    const length = Math.floor(next() * 30);
    const text = Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join("");
    assert.equal(throughLink(question({ text }))?.text, text);
  }
});

test("a review that is too long has no link", () => {
  const rest = "/?text=".length;
  assert.equal(linkTo(question({ text: "a".repeat(LONGEST_LINK - rest) }))?.length, LONGEST_LINK);
  assert.equal(linkTo(question({ text: "a".repeat(LONGEST_LINK - rest + 1) })), null);
});

test("the length of a link is that of the encoded text", () => {
  assert.equal(linkTo(question({ text: "é".repeat(LONGEST_LINK / 4) })), null);
});

test("an address without a text has no question", () => {
  assert.equal(questionOf(""), null);
  assert.equal(questionOf("?convention=chung2014"), null);
});

test("an empty text is a text", () => {
  assert.equal(questionOf("?text=")?.text, "");
});

test("an unknown convention is the default", () => {
  assert.equal(questionOf("?text=a&convention=other")?.convention, "pytorch");
});

test("links from before version 1.0 have their old names translated", () => {
  assert.deepEqual(questionOf("?text=a&convention=course&hold=update-closed&colour=credit"), {
    text: "a",
    convention: "chung2014",
    display: { intervention: "update-closed", colour: "attribution" },
  });
});

test("links with an old name of a gate effect have the new one", () => {
  const colours = ["reset_opened", "reset_averaged", "update_closed", "toString"];
  assert.deepEqual(
    colours.map((colour) => questionOf(`?text=a&colour=${colour}`)?.display.colour),
    ["reset_at_1", "reset_at_average", "update_at_1", "toString"],
  );
});

test("a new name takes precedence over an old one", () => {
  assert.deepEqual(questionOf("?text=a&hold=reset-open&intervention=update-closed")?.display, {
    intervention: "update-closed",
  });
});

test("a text that is an old name is not translated", () => {
  assert.equal(questionOf("?text=course&other=credit")?.text, "course");
  assert.equal(questionOf("?text=course&other=credit")?.display.other, "credit");
});

test("the pinned token is a token of the review", () => {
  assert.equal(pinnedToken({ token: "0" }, 4), 0);
  assert.equal(pinnedToken({ token: "3" }, 4), 3);
});

test("no pinned token is different from a link without one", () => {
  assert.equal(pinnedToken({ token: "none" }, 4), null);
  assert.equal(pinnedToken({}, 4), undefined);
});

for (const token of ["4", "-1", "1.5", "", " ", "x", "1e0", "0x1", "9999999"]) {
  test(`the pinned token ${JSON.stringify(token)} is ignored`, () => {
    assert.equal(pinnedToken({ token }, 4), undefined);
  });
}

test("the range in view has both of its ends", () => {
  assert.deepEqual(viewRange({ view: "3-17" }), { first: 3, last: 17 });
  assert.deepEqual(viewRange({ view: "3-3" }), { first: 3, last: 3 });
});

for (const view of ["", "3", "3-", "-3", "17-3", "x-y", "1-2-3", "1.5-2", " 1-2"]) {
  test(`the range in view ${JSON.stringify(view)} is ignored`, () => {
    assert.equal(viewRange({ view }), null);
  });
}

test("without a range in view there is none", () => {
  assert.equal(viewRange({}), null);
});

test("a unit is a whole number", () => {
  assert.equal(unitNumber({ unit: "37" }), 37);
  assert.equal(unitNumber({ unit: "-1" }), null);
  assert.equal(unitNumber({ unit: "x" }), null);
  assert.equal(unitNumber({}), null);
});

const LONG = Array.from({ length: 900 }, (_, index) => `word${index} and “more” 🎬`).join(" ");

test("a link that has a long text in its fragment restores the question", async () => {
  const given = question({ text: LONG, convention: "chung2014", display: { token: "5" } });
  const link = await packedLinkTo(given);
  assert.deepEqual(await questionOfFragment(new URL(link ?? "", "http://localhost").hash), given);
});

test("a text that is too long for any link has none", async () => {
  const next = random(1);
  const text = Array.from({ length: 40_000 }, () => next().toString(36)).join(" ");
  assert.equal(await packedLinkTo(question({ text })), null);
});

test("another fragment has no question", async () => {
  assert.equal(await questionOfFragment("#reading"), null);
});

test("a link that was cut has no question", async () => {
  const link = await packedLinkTo(question({ text: LONG }));
  assert.equal(await questionOfFragment(new URL((link ?? "").slice(0, -20), "http://localhost").hash), null);
});

test("a link names the words over which a gate is held", () => {
  assert.deepEqual(heldRange({ words: "2-4" }, 5), { first: 2, last: 4 });
});

test("a range of words that the review does not have is ignored", () => {
  for (const words of ["2-5", "4-2", "x", undefined]) assert.equal(heldRange(/** @type {any} */ ({ words }), 5), null);
});
