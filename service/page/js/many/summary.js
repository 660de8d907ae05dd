/** What many texts say together. */
import { isFunctionWord } from "./function_words.js";

/**
 * @typedef {import("./scored.js").Scored} Scored
 * @typedef {"positive" | "negative" | "undecided" | "problem" | "waiting"} Verdict
 */

const BINS = 20;
const Z_95 = 1.959964;

/**
 * @param {Pick<Scored, "prediction" | "problem">} scored
 * @returns {Verdict}
 */
export function verdictOf({ prediction, problem }) {
  if (problem !== null) return "problem";
  if (!prediction) return "waiting";
  return prediction.undecided ? "undecided" : prediction.label;
}

/**
 * @param {Pick<Scored, "prediction" | "problem">[]} texts
 * @returns {Record<Verdict, number>}
 */
export function countsOf(texts) {
  const counts = { positive: 0, negative: 0, undecided: 0, problem: 0, waiting: 0 };
  for (const scored of texts) counts[verdictOf(scored)] += 1;
  return counts;
}

/**
 * The 95 % Wilson interval of a share.
 * @param {number} hits
 * @param {number} total  above 0
 * @returns {[number, number]}
 */
export function wilson(hits, total) {
  const share = hits / total;
  const square = Z_95 ** 2 / total;
  const middle = (share + square / 2) / (1 + square);
  const half = (Math.sqrt((share * (1 - share)) / total + square / (4 * total)) * Z_95) / (1 + square);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * How many texts have P(positive) in each twentieth from 0 to 1.
 * @param {Pick<Scored, "prediction">[]} texts
 */
export function histogramOf(texts) {
  const bins = Array.from({ length: BINS }, () => 0);
  for (const { prediction } of texts) {
    if (prediction) bins[Math.min(BINS - 1, Math.floor(prediction.probabilities.positive * BINS))] += 1;
  }
  return bins;
}

/**
 * @typedef {object} CommonWord
 * @property {string} text  in lower case
 * @property {number} share  sum of its attributions: their mean times their count
 * @property {number} count  of its occurrences
 * @property {number} texts  that have it
 */

/**
 * The words that did most over all texts that are explained. Punctuation is not among them.
 * @param {Pick<Scored, "account">[]} texts
 * @param {number} limit
 * @param {{withFunctionWords?: boolean}} [options]  whether words such as "the" may be among them
 * @returns {CommonWord[]} sorted by the absolute sum of the attributions
 */
export function wordsOf(texts, limit, { withFunctionWords = false } = {}) {
  /** @type {Map<string, CommonWord>} */
  const words = new Map();
  for (const { account } of texts) {
    for (const [text, { share, count }] of account?.tallies ?? []) {
      const word = words.get(text) ?? { text, share: 0, count: 0, texts: 0 };
      words.set(text, { text, share: word.share + share, count: word.count + count, texts: word.texts + 1 });
    }
  }
  return [...words.values()]
    .filter(({ text }) => withFunctionWords || !isFunctionWord(text))
    .sort((one, other) => Math.abs(other.share) - Math.abs(one.share))
    .slice(0, limit);
}
