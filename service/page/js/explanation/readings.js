/** Two readings of a text, or of two texts: their verdicts, and how they differ in a sentence. */
import { number, signed } from "../core/format.js";
import { isWord, shareOf, wordAt } from "./words.js";

/**
 * @typedef {import("../core/types.js").Token} Token
 *
 * @typedef {Pick<import("../core/types.js").Explanation,
 *   "text" | "label" | "undecided" | "probabilities" | "tokens">} Reading
 *
 * @typedef {Reading & Pick<import("../core/types.js").Explanation, "model" | "turning_point">} ModelReading
 */

const NAMES = { negative: "Negative", positive: "Positive", undecided: "Can’t tell" };

/**
 * @param {Pick<Reading, "label" | "undecided">} reading
 * @returns {{verdict: "negative" | "positive" | "undecided", words: string}}
 */
export function verdictOf({ label, undecided }) {
  const verdict = undecided ? "undecided" : label;
  return { verdict, words: NAMES[verdict] };
}

/**
 * How two models read the same text.
 * @param {ModelReading} one
 * @param {ModelReading} other
 * @returns {{lead: string, rest: string}} `lead` is the sentence that matters most
 */
export function differenceOf(one, other) {
  const [first, second] = [one, other].map((reading) => ({
    name: reading.model.id,
    ...verdictOf(reading),
    p: reading.probabilities.positive,
  }));
  const lead =
    first.verdict === second.verdict
      ? `Both models say “${first.words}”.`
      : `The models disagree: ${first.name} says “${first.words}”, ${second.name} “${second.words}”.`;
  const gap = Math.abs(first.p - second.p);
  const figures = `P(positive) is ${number(first.p)} in ${first.name} and ${number(second.p)} in ${second.name}, ${number(gap)} apart.`;
  return { lead, rest: [figures, largestDifference(one, other), turns(one, other)].filter(Boolean).join(" ") };
}

/**
 * The word whose shares of the two logits differ most. Models may split a text differently, so words
 * are the same if they begin at the same place.
 * @param {ModelReading} one
 * @param {ModelReading} other
 */
function largestDifference(one, other) {
  const places = new Map(other.tokens.map((token) => [token.start, token]));
  /** @type {{token: Token, match: Token, change: number} | null} */
  let largest = null;
  for (const token of one.tokens) {
    const match = places.get(token.start);
    if (!match || !isWord(token)) continue;
    const change = Math.abs(shareOf(token) - shareOf(match));
    if (change > (largest?.change ?? 0)) largest = { token, match, change };
  }
  if (!largest) return "";
  const shares = `${signed(shareOf(largest.token))} in the one, ${signed(shareOf(largest.match))} in the other`;
  return `Of all words, “${largest.token.text}” differs most in its share of the logit: ${shares}.`;
}

/**
 * @param {ModelReading} one
 * @param {ModelReading} other
 */
function turns(one, other) {
  const [first, second] = [one, other].map((reading) => {
    const { turning_point: at, tokens } = reading;
    return at === null ? null : tokens[wordAt(tokens, at)].text;
  });
  if (first === null && second === null) return "Neither turned on the way.";
  if (first === second) return `Both turned at “${first}”.`;
  /**
   * @param {string} name
   * @param {string | null} word
   */
  const turn = (name, word) => (word === null ? `${name} never turned` : `${name} turned at “${word}”`);
  return `${turn(one.model.id, first)}, ${turn(other.model.id, second)}.`;
}
