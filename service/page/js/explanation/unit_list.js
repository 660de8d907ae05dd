/** The list of units: what is shown of each, and what it can be sorted by. */
import { number, signed } from "../core/format.js";
import { updateSymbol } from "./gates.js";
import { isWord } from "./words.js";

/**
 * @typedef {import("../core/types.js").Convention} Convention
 * @typedef {import("../core/types.js").ListedUnit} ListedUnit
 * @typedef {import("../core/types.js").UnitOrder} UnitOrder
 *
 * @typedef {object} Column
 * @property {UnitOrder} [order]  what a click on its heading sorts by; without it, none
 * @property {boolean} [isDescending]  whether the largest come first at the first click
 * @property {(convention: Convention) => string} title
 * @property {(unit: ListedUnit, beginning: string) => string} cell  `beginning` of the word that is
 *   searched for
 */

/** Words of each kind that are listed; the card of a unit has all of them. */
const MOST_WORDS = 3;
const UNKNOWN = "–";

/**
 * The words of a unit that are listed: those that are searched for first, and punctuation only if
 * there is nothing else.
 * @param {readonly string[]} all  strongest first
 * @param {string} beginning  of what is searched for; may be empty
 */
export function listedWords(all, beginning) {
  const wanted = beginning.toLowerCase();
  const isFound = (/** @type {string} */ word) => wanted !== "" && word.toLowerCase().startsWith(wanted);
  const words = all.filter((text) => isWord({ text }) || isFound(text));
  const listed = words.length > 0 ? words : all;
  return [...listed.filter(isFound), ...listed.filter((word) => !isFound(word))].slice(0, MOST_WORDS);
}

/**
 * @param {"contributes" | "writes" | "resets" | "keeps"} kind
 * @returns {Column["cell"]}
 */
const wordsOf =
  (kind) =>
  ({ words }, beginning) =>
    words ? listedWords(words[kind], beginning).join(" · ") : UNKNOWN;

/** @type {Column[]} */
export const COLUMNS = [
  { order: "unit", title: () => "Unit", cell: ({ unit }) => String(unit) },
  { title: () => "Moves the prediction at", cell: wordsOf("contributes") },
  {
    order: "largest_contribution",
    isDescending: true,
    title: () => "by up to",
    cell: ({ largest_contribution: most }) => (most === null ? UNKNOWN : signed(most)),
  },
  { order: "mean_reset", title: () => "Mean reset r", cell: ({ mean_reset: mean }) => number(mean) },
  {
    order: "mean_update",
    isDescending: true,
    title: (convention) => `Mean update ${updateSymbol(convention)}`,
    cell: ({ mean_update: mean }) => number(mean),
  },
  {
    order: "half_life",
    isDescending: true,
    title: () => "Half gone after",
    cell: ({ half_life: life }) => (life === null ? UNKNOWN : `${number(life, 1)} tokens`),
  },
  { title: () => "Writes at", cell: wordsOf("writes") },
  { title: () => "Keeps at", cell: wordsOf("keeps") },
  { title: () => "Resets at", cell: wordsOf("resets") },
  { order: "head_weight", isDescending: true, title: () => "Head weight", cell: ({ head_weight: weight }) => signed(weight) },
];

/**
 * The order after a click on the heading of a column.
 * @param {Column} column
 * @param {{sort: UnitOrder, descending: boolean}} before
 */
export function orderAfter({ order = "unit", isDescending = false }, before) {
  return { sort: order, descending: before.sort === order ? !before.descending : isDescending };
}

/**
 * How many units are shown, in words.
 * @param {{shown: number, total: number, word: string}} found
 */
export function countText({ shown, total, word }) {
  const which = word === "" ? "" : ` known for a word that begins with “${word}”`;
  if (total === 0) return word === "" ? "This model has no units." : `No unit is${which}. Try a shorter beginning.`;
  const units = total === 1 ? "1 unit" : `${total.toLocaleString("en")} units`;
  return shown === total ? `${units}${which}.` : `${shown.toLocaleString("en")} of ${units}${which}.`;
}
