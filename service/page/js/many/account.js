/** What is kept of an explanation. All of it would take too much memory for a thousand texts. */
import { topWords } from "../explanation/words.js";
import { turnOf } from "../story/turn.js";

/**
 * @typedef {import("./scored.js").Account} Account
 * @typedef {import("../core/types.js").Explanation} Explanation
 */

const TOP_WORDS = 3;

/**
 * @param {Pick<Explanation, "tokens" | "turning_point" | "clauses">} explanation
 * @returns {Account}
 */
export function accountOf(explanation) {
  const turn = turnOf(explanation);
  const words = topWords(explanation, explanation.tokens.length);
  return {
    // A word that occurs often is listed once, where it did most.
    words: distinct(words).slice(0, TOP_WORDS).map(({ text, share }) => ({ text, share })),
    tallies: talliesOf(words),
    turn: turn && explanation.tokens[turn.from].text,
    flags: flagsOf(explanation),
  };
}

/**
 * The first occurrence of each word, in any case.
 * @template {{text: string}} T
 * @param {T[]} words
 * @returns {T[]}
 */
export function distinct(words) {
  /** @type {Map<string, T>} */
  const first = new Map();
  for (const word of words) {
    const key = word.text.toLowerCase();
    if (!first.has(key)) first.set(key, word);
  }
  return [...first.values()];
}

/**
 * @param {{text: string, share: number}[]} words
 * @returns {Account["tallies"]}
 */
function talliesOf(words) {
  /** @type {Account["tallies"]} */
  const tallies = new Map();
  for (const { text, share } of words) {
    const key = text.toLowerCase();
    const tally = tallies.get(key);
    if (tally) {
      tally.share += share;
      tally.count += 1;
    } else {
      tallies.set(key, { share, count: 1 });
    }
  }
  return tallies;
}

/** @param {Pick<Explanation, "tokens">} explanation */
function flagsOf({ tokens }) {
  const flags = { flip: 0, reset: 0, rewrite: 0 };
  for (const token of tokens) for (const name of token.flags) flags[name] += 1;
  return flags;
}
