/** How the verdict came about along the words, and the words from which a gate is held. */
import { firstWord, isWord } from "../explanation/words.js";

/**
 * How far from one half the running prediction is clearly on a side, as for the API's turning point.
 */
export const CLEARLY = 0.2;
const HALF = 0.5;

/**
 * @typedef {import("../core/types.js").Token} Token
 * @typedef {Pick<import("../core/types.js").Explanation, "tokens" | "turning_point" | "clauses">} Read
 * @typedef {import("../core/view.js").Range} Range
 *
 * @typedef {object} Turn
 * @property {number} from  the first word of what turned the prediction
 * @property {number} at  the token that took it over one half
 * @property {number} before  P(positive) before `from`
 * @property {number} after  P(positive) at the end
 */

/**
 * The turn of a review.
 * @param {Read} explanation
 * @returns {Turn | null} null if the running prediction was never clearly on the other side
 */
export function turnOf(explanation) {
  const { tokens, turning_point: at } = explanation;
  if (at === null) return null;
  const after = tokens[tokens.length - 1].running_probability;
  const from = turningWord(explanation, at, after > HALF ? 1 : -1);
  return { from, at, before: tokens[from - 1].running_probability, after };
}

/**
 * Where the clause with the turning point begins, if the prediction was clearly on the other side
 * up to there; otherwise the turning point.
 * @param {Read} explanation
 * @param {number} at
 * @param {1 | -1} side  on which the prediction ends
 */
function turningWord({ tokens, clauses }, at, side) {
  const clause = clauses?.find(({ start_token: start, end_token: end }) => start <= at && at < end);
  if (!clause || clause.start_token === 0) return at;
  const word = firstWord(tokens, { first: clause.start_token, last: at });
  return side * (tokens[word - 1].running_probability - HALF) < -CLEARLY ? word : at;
}

/**
 * The words over which a gate is held unless the reader chooses others: from the turning word to
 * the end. Without a turn, the last clause.
 * @param {Read} explanation
 * @returns {Range}
 */
export function usualRange(explanation) {
  const { tokens, clauses } = explanation;
  const last = tokens.length - 1;
  const turn = turnOf(explanation);
  if (turn) return { first: turn.from, last };
  return { first: firstWord(tokens, { first: clauses?.at(-1)?.start_token ?? 0, last }), last };
}

/**
 * The word at which the running prediction moved most.
 * @param {readonly Token[]} tokens
 * @returns {{index: number, before: number, after: number} | null} null for fewer than two tokens
 */
export function largestMove(tokens) {
  let found = null;
  for (let index = 1; index < tokens.length; index++) {
    if (!isWord(tokens[index])) continue;
    const before = tokens[index - 1].running_probability;
    const after = tokens[index].running_probability;
    if (!found || Math.abs(after - before) > Math.abs(found.after - found.before)) found = { index, before, after };
  }
  return found;
}

/**
 * The lowest and the highest running prediction.
 * @param {readonly Token[]} tokens
 * @returns {[number, number]}
 */
export const runningBounds = (tokens) =>
  tokens.reduce(
    ([low, high], { running_probability: p }) => [Math.min(low, p), Math.max(high, p)],
    /** @type {[number, number]} */ ([1, 0]),
  );
