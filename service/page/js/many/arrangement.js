/** Which rows of the table are shown, and in which order. */
import { verdictOf } from "./summary.js";

/**
 * @typedef {import("./scoring.js").Scored} Scored
 * @typedef {"number" | "verdict" | "probability" | "turn" | "text"} SortKey
 * @typedef {{verdict: string, words: string, key: SortKey, isDescending: boolean}} Arrangement
 */

/** @type {Record<SortKey, (scored: Scored) => number | string>} */
const VALUES = {
  number: ({ number }) => number,
  verdict: (scored) => verdictOf(scored),
  // Texts without a probability come last, or first in descending order.
  probability: ({ prediction }) => prediction?.probabilities.positive ?? 2,
  turn: ({ account }) => account?.turn?.toLowerCase() ?? "\uffff",
  text: ({ text }) => text.trim().toLowerCase(),
};

/**
 * @param {Scored[]} texts
 * @param {Arrangement} arrangement  `verdict` is "" for all; `words` is what a text must contain
 * @returns {Scored[]}
 */
export function arrange(texts, { verdict, words, key, isDescending }) {
  const wanted = words.trim().toLowerCase();
  const value = VALUES[key];
  const sign = isDescending ? -1 : 1;
  return texts
    .filter((scored) => verdict === "" || verdictOf(scored) === verdict)
    .filter(({ text }) => text.toLowerCase().includes(wanted))
    .sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      return a === b ? one.number - other.number : sign * (a < b ? -1 : 1);
    });
}
