/** Which rows of the table are shown, and in which order. */
import { verdictOf } from "./summary.js";

/**
 * @typedef {import("./scored.js").Scored} Scored
 * @typedef {"number" | "verdict" | "probability" | "turn" | "text" | "words" | "flags"} SortKey
 * @typedef {{verdict: string, words: string, key: SortKey, isDescending: boolean}} Arrangement
 */

/**
 * What rows are sorted by. A row that has no value is last in both directions.
 * @type {Record<SortKey, (scored: Scored) => number | string | null | undefined>}
 */
const VALUES = {
  number: ({ number }) => number,
  verdict: (scored) => verdictOf(scored),
  probability: ({ prediction }) => prediction?.probabilities.positive,
  text: ({ text }) => text.trim().toLowerCase() || null,
  words: ({ account }) => account?.words[0]?.share,
  turn: ({ account }) => account?.turn?.toLowerCase(),
  flags: ({ account }) => account && Object.values(account.flags).reduce((sum, flags) => sum + flags, 0),
};

/**
 * @param {Scored[]} texts
 * @param {Arrangement} arrangement  `verdict` is "" for all; `words` is what a text must contain
 * @returns {Scored[]}
 */
export function arrange(texts, { verdict, words, key, isDescending }) {
  const wanted = words.trim().toLowerCase();
  const sign = isDescending ? -1 : 1;
  return texts
    .filter((scored) => verdict === "" || verdictOf(scored) === verdict)
    .filter(({ text }) => text.toLowerCase().includes(wanted))
    .map((scored) => ({ scored, value: VALUES[key](scored) ?? null }))
    .sort((one, other) => compared(one.value, other.value, sign) || one.scored.number - other.scored.number)
    .map(({ scored }) => scored);
}

/**
 * @param {number | string | null} one
 * @param {number | string | null} other
 * @param {1 | -1} sign
 */
function compared(one, other, sign) {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -sign : sign;
}
