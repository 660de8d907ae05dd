import assert from "node:assert/strict";
import { test } from "node:test";
import { changeCells, changeHeads, largestChanges, pairOf, pairText, partsOfChange } from "../../../service/page/js/explanation/comparison.js";
import { diff } from "../records.js";

test("a pair has the token of each text", () => {
  const compared = diff();
  const [before, after] = pairOf(compared, compared.rows[1]);
  assert.deepEqual([before?.text, after?.text], ["fine", "dull"]);
});

test("an added token has no partner", () => {
  const compared = diff();
  assert.equal(pairOf(compared, compared.rows[2])[0], null);
  assert.equal(pairOf(compared, compared.rows[2])[1]?.text, "new");
});

test("token 0 is a token", () => {
  const compared = diff();
  assert.equal(pairOf(compared, compared.rows[0])[0]?.text, "a");
});

test("the largest changes are sorted by their absolute size, without rows that did not change", () => {
  const { rows } = diff();
  assert.deepEqual(largestChanges(rows, 8), [rows[1], rows[3]]);
  assert.deepEqual(largestChanges(rows, 1), [rows[1]]);
});

test("sorting the changes keeps the rows in order", () => {
  const { rows } = diff();
  largestChanges(rows, 8);
  assert.deepEqual(rows, diff().rows);
});

test("the parts of a change are those of edited words and of the same words", () => {
  assert.deepEqual(partsOfChange(diff().rows), { edited: -2, same: 0.0625 });
});

test("the cells of a change are both words, both attributions and all changes", () => {
  const compared = diff();
  assert.deepEqual(changeCells(compared, compared.rows[1]), [
    "fine", "dull", "+1.000", "−1.000", "−2.000", "−0.063", "−0.063",
  ]);
});

test("the cells of an added token have dashes for what is missing", () => {
  const compared = diff();
  assert.deepEqual(changeCells(compared, compared.rows[2]), ["–", "new", "–", "0.000", "0.000", "–", "–"]);
});

test("there is a heading for every cell", () => {
  const compared = diff();
  for (const row of compared.rows) {
    assert.equal(changeCells(compared, row).length, changeHeads("pytorch").length);
  }
});

test("the heading of the update gate has the symbol of the convention", () => {
  assert.equal(changeHeads("pytorch").at(-1), "Δ update z mean");
  assert.equal(changeHeads("chung2014").at(-1), "Δ update u mean");
});

test("the text of a pair has all of its numbers", () => {
  const compared = diff();
  assert.equal(
    pairText(compared, compared.rows[1]),
    "“fine” → “dull”: attribution +1.000 → −1.000; running P 0.625 → 0.625; " +
      "reset r 0.250 → 0.250, a unit differs by 0.125 on average; " +
      "update z 0.750 → 0.750, a unit differs by 0.125 on average.",
  );
});

test("the text of an added token has dashes and no distance", () => {
  const compared = diff();
  assert.equal(
    pairText(compared, compared.rows[2]),
    "– → “new”: attribution – → 0.000; running P – → 0.625; reset r – → 0.250; update z – → 0.750.",
  );
});
