/** Two explained texts beside each other: pairs of tokens, and what changed between them. */
import { number, signed } from "../core/format.js";
import { updateSymbol } from "./gates.js";
import { shareOf } from "./words.js";

/**
 * @typedef {import("../core/types.js").Diff} Diff
 * @typedef {import("../core/types.js").DiffRow} DiffRow
 * @typedef {Diff["text"]["tokens"][number]} Token
 */

const MISSING = "–";

/**
 * The tokens of a row, one of each text.
 * @param {Diff} diff
 * @param {DiffRow} row
 * @returns {[Token | null, Token | null]}
 */
export const pairOf = ({ text, other }, { token, other_token: otherToken }) => [
  token === null ? null : text.tokens[token],
  otherToken === null ? null : other.tokens[otherToken],
];

/**
 * The rows whose attribution changed most, largest change first.
 * @param {DiffRow[]} rows
 * @param {number} limit
 */
export const largestChanges = (rows, limit) =>
  rows
    .filter((row) => changeOf(row) !== 0)
    .sort((one, other) => Math.abs(changeOf(other)) - Math.abs(changeOf(one)))
    .slice(0, limit);

/** @param {DiffRow} row */
const changeOf = ({ attribution }) => attribution ?? 0;

/**
 * The change of the logit in two parts: that of words that were edited, and that of the same words,
 * whose attributions differ because they are read after or before others.
 * @param {DiffRow[]} rows
 */
export function partsOfChange(rows) {
  const parts = { edited: 0, same: 0 };
  for (const row of rows) parts[row.kind === "same" ? "same" : "edited"] += changeOf(row);
  return parts;
}

/**
 * Headings of the table of changes.
 * @param {import("../core/types.js").Convention} convention
 */
export const changeHeads = (convention) => [
  "in the review",
  "edited",
  "attribution",
  "edited",
  "Δ attribution",
  "Δ reset r mean",
  `Δ update ${updateSymbol(convention)} mean`,
];

/**
 * The cells of a row of the table of changes.
 * @param {Diff} diff
 * @param {DiffRow} row
 * @returns {string[]}
 */
export function changeCells(diff, row) {
  const pair = pairOf(diff, row);
  return [
    ...pair.map((token) => token?.text ?? MISSING),
    ...pair.map((token) => (token ? signed(shareOf(token)) : MISSING)),
    signed(changeOf(row)),
    ...[row.reset, row.update].map((change) => (change ? signed(change.mean) : MISSING)),
  ];
}

/**
 * All numbers of a pair as a sentence.
 * @param {Diff} diff
 * @param {DiffRow} row
 */
export function pairText(diff, row) {
  const pair = pairOf(diff, row);
  /** @param {(token: Token) => string} value */
  const both = (value) => pair.map((token) => (token ? value(token) : MISSING)).join(" → ");
  /** @param {DiffRow["reset"]} change */
  const distance = (change) => (change ? `, a unit differs by ${number(change.distance)} on average` : "");
  return (
    `${both(({ text }) => `“${text}”`)}: attribution ${both((token) => signed(shareOf(token)))}; ` +
    `running P ${both((token) => number(token.running_probability))}; ` +
    `reset r ${both((token) => number(token.reset.mean))}${distance(row.reset)}; ` +
    `update ${updateSymbol(diff.convention)} ${both((token) => number(token.update.mean))}${distance(row.update)}.`
  );
}
