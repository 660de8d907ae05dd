/** The ways to colour a token: a sign and a strength between 0 and 1, and the words for both. */
import { number, signed } from "./format.js";

/**
 * @typedef {import("./api.js").Token} Token
 * @typedef {object} Colouring
 * @property {string} label
 * @property {string} note  what the number is
 * @property {(token: Token) => number} signedValue  above 0 leans positive
 * @property {(token: Token) => string} spoken  the number in words, with its name
 * @property {(tokens: Token[]) => number} scale  the value of full colour
 * @property {(scale: number) => [string, string, string]} ends  legend: left, middle, right
 */

/** @param {Token[]} tokens  one scale for the whole and its two parts, so that they compare */
export const largestEntry = (tokens) =>
  tokens.reduce(
    (largest, { contribution: { total, new_word: word, recalled_context: context } }) =>
      Math.max(largest, Math.abs(total), Math.abs(word), Math.abs(context)),
    Number.MIN_VALUE,
  );

/**
 * @param {string} label
 * @param {"total" | "new_word" | "recalled_context"} part
 * @param {string} note
 * @returns {Colouring}
 */
const contribution = (label, part, note) => ({
  label,
  note,
  signedValue: (token) => token.contribution[part],
  spoken: (token) => `${label.toLowerCase()} ${signed(token.contribution[part])}`,
  scale: largestEntry,
  ends: (scale) => [signed(-scale, 2), "0", signed(scale, 2)],
});

/** @type {Record<string, Colouring>} */
export const COLOURINGS = {
  total: contribution(
    "Contribution",
    "total",
    "Exact share of the logit: what this token wrote into the state and is still there at the end.",
  ),
  new_word: contribution(
    "New word",
    "new_word",
    "The part of the contribution that comes from the word itself.",
  ),
  recalled_context: contribution(
    "Recalled context",
    "recalled_context",
    "The part of the contribution that comes from the old state, let in by the reset gate.",
  ),
  running: {
    label: "Running verdict",
    note: "P(positive) after each token, had the review ended there.",
    signedValue: (token) => token.running_probability - 0.5,
    spoken: (token) => `running P(positive) ${number(token.running_probability)}`,
    scale: () => 0.5,
    ends: () => ["P = 0", "0.5", "P = 1"],
  },
};
