/** The account of a review in plain words, made of the numbers of the response. */
import { wordAt } from "../explanation/words.js";
import { CLEARLY, largestMove, runningBounds, turnOf } from "./turn.js";

/**
 * @typedef {Pick<import("../core/types.js").Explanation,
 *   "tokens" | "turning_point" | "clauses" | "undecided" | "warnings">} Read
 */

const HALF = 0.5;
/** From here on, a prediction is called love or hate; from `LIKED` on, liking or disliking. */
const LOVED = 0.9;
const LIKED = HALF + CLEARLY;

/**
 * P(positive) for a sentence: two digits, but never a rounded 0 or 1.
 * @param {number} p
 */
export function chance(p) {
  if (p >= 0.9995) return "more than 0.999";
  if (p < 0.0005) return "less than 0.001";
  return p >= 0.995 || p < 0.005 ? p.toFixed(3) : p.toFixed(2);
}

/** @param {string} word */
export const quoted = (word) => `“${word}”`;

/**
 * @param {Read} explanation
 * @returns {{lead: string, rest: string}} `lead` is the heading of `rest`
 */
export const accountOf = (explanation) =>
  undecided(explanation) ?? turned(explanation) ?? unturned(explanation.tokens);

/** @param {Read} explanation */
function undecided({ undecided: isUndecided, warnings, tokens }) {
  if (!isUndecided) return null;
  const after = tokens[tokens.length - 1].running_probability;
  const reason = warnings.length > 0 ? warnings.join(" ") : `P(positive) ended at ${chance(after)}.`;
  return { lead: "It can’t tell.", rest: reason };
}

/** @param {Read} explanation */
function turned(explanation) {
  const turn = turnOf(explanation);
  if (!turn) return null;
  const { tokens } = explanation;
  const { from, at, before, after } = turn;
  const crossingAt = wordAt(tokens, at);
  const [word, crossing] = [tokens[from].text, tokens[crossingAt].text];
  const crossed = from === crossingAt ? "" : ` ${quoted(crossing)} took it across one half.`;
  return {
    lead: `It ${feeling(before)} until ${quoted(word)}, then turned.`,
    rest: `P(positive) was ${chance(before)} just before ${quoted(word)}, and ${chance(after)} at the end.${crossed}`,
  };
}

/** @param {number} p  before the turn */
function feeling(p) {
  const isPositive = p > HALF;
  const sure = isPositive ? p : 1 - p;
  if (sure >= LOVED) return `${isPositive ? "loved" : "hated"} this film`;
  if (sure >= LIKED) return `${isPositive ? "liked" : "disliked"} this film`;
  return `leaned ${isPositive ? "positive" : "negative"}`;
}

/** @param {Read["tokens"]} tokens */
function unturned(tokens) {
  const [low, high] = runningBounds(tokens);
  const after = tokens[tokens.length - 1].running_probability;
  const move = largestMove(tokens);
  const most = move && `${quoted(tokens[move.index].text)} moved it most, from ${chance(move.before)} to ${chance(move.after)}.`;
  const rest = [most, `P(positive) ended at ${chance(after)}.`].filter(Boolean).join(" ");
  if (low >= HALF - CLEARLY && high <= HALF + CLEARLY) {
    return { lead: "Nothing turns here: it never took a clear side.", rest };
  }
  const isClear = Math.abs(after - HALF) > CLEARLY;
  if (!isClear) return { lead: "Nothing turns here, but it ended without a clear side.", rest };
  return { lead: `Nothing turns here: it was never clearly ${after > HALF ? "negative" : "positive"}.`, rest };
}
