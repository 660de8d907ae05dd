/** Two texts, compared: the change of the prediction, pairs of tokens, and the largest changes. */
import { bodyRow, byId, element, headRow } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { changeCells, changeHeads, largestChanges, pairOf, partsOfChange } from "../explanation/comparison.js";
import { scaleOf, showSides } from "./side_by_side.js";
import { tinted } from "./tinted.js";

const LARGEST = 8;

/** @typedef {import("../core/types.js").Diff} Diff */

/** @param {Diff} diff */
export function showComparedTexts(diff) {
  byId("compare-tokens").hidden = false;
  showSummary(diff);
  showSides([
    { name: "The review", reading: diff.text },
    { name: "The other text", reading: diff.other },
  ]);
  showPairs(diff);
  showChanges(diff);
}

/** @param {Diff["text"]} text */
const verdict = ({ label, undecided }) => (undecided ? `can’t tell (${label}?)` : label);

/** @param {Diff} diff */
function showSummary({ change, text, other, rows: pairs }) {
  const { edited, same } = partsOfChange(pairs);
  byId("compare-summary").replaceChildren(
    element("b", null, `P(positive) ${number(other.probabilities.positive)}`),
    ` instead of ${number(text.probabilities.positive)}: the prediction `,
    change.label_changes ? element("b", null, `becomes ${other.label}`) : `stays ${text.label}`,
    `. Δ logit ${signed(change.logit)}: the words that were edited account for ${signed(edited)}, ` +
      `the same words, read after others, for ${signed(same)}.`,
  );
  const rows = Object.entries({ "the review": text, edited: other }).map(([name, run]) =>
    bodyRow(name, [signed(run.decomposition.logit), number(run.probabilities.positive), verdict(run)]),
  );
  byId("compare-table").replaceChildren(
    headRow(["text", "logit", "P(positive)", "prediction"]),
    element("tbody", null, ...rows),
  );
}

/** @param {Diff} diff */
function showChanges(diff) {
  const rows = largestChanges(diff.rows, LARGEST).map((row) => {
    const [name, ...cells] = changeCells(diff, row);
    return bodyRow(name, cells);
  });
  byId("compare-changes").replaceChildren(headRow(changeHeads(diff.convention)), element("tbody", null, ...rows));
}

/**
 * Show both texts, a pair of tokens a column, on one scale of colour.
 * @param {Diff} diff
 */
function showPairs(diff) {
  const full = scaleOf([diff.text, diff.other]);
  const pairs = diff.rows.map((row, index) => {
    const words = pairOf(diff, row).map((token) => {
      return token ? tinted(token, full) : element("span", { class: "missing" });
    });
    return element(
      "span",
      { class: "pair", role: "listitem", "data-kind": row.kind, "data-row": String(index) },
      ...words,
    );
  });
  byId("aligned").replaceChildren(...pairs);
}
