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
 * @property {string} group  of the list that it is chosen from
 * @property {"effects" | "credit"} [needs]  what the explanation must have been asked for with
 */

/** @param {Token[]} tokens  one scale for the whole and its two parts, so that they compare */
export const largestEntry = (tokens) =>
  tokens.reduce(
    (largest, { contribution: { total, new_word: word, recalled_context: context } }) =>
      Math.max(largest, Math.abs(total), Math.abs(word), Math.abs(context)),
    Number.MIN_VALUE,
  );

const SHARES = "Exact shares of the logit";

/**
 * @param {string} label
 * @param {"total" | "new_word" | "recalled_context"} part
 * @param {string} note
 * @returns {Colouring}
 */
const contribution = (label, part, note) => ({
  label,
  note,
  group: SHARES,
  signedValue: (token) => token.contribution[part],
  spoken: (token) => `${label.toLowerCase()} ${signed(token.contribution[part])}`,
  scale: largestEntry,
  ends: (scale) => [signed(-scale, 2), "0", signed(scale, 2)],
});

/** @typedef {keyof import("./api.js").Effects} Effect */

/**
 * One scale for both effects of the reset gate, so that they compare; the update gate's are larger.
 * @type {Record<Effect, Effect[]>}
 */
const ON_ONE_SCALE = {
  reset_opened: ["reset_opened", "reset_averaged"],
  reset_averaged: ["reset_opened", "reset_averaged"],
  update_closed: ["update_closed"],
};

/**
 * @param {string} label
 * @param {Effect} effect
 * @param {string} note
 * @returns {Colouring}
 */
const effect = (label, effect, note) => ({
  label,
  note: `${note} One run of the network for every token.`,
  group: "What if its gate were otherwise?",
  needs: "effects",
  signedValue: (token) => token.effects[effect],
  spoken: (token) => `${label}: logit ${signed(token.effects[effect])}`,
  scale: (tokens) =>
    tokens.reduce(
      (largest, { effects }) => Math.max(largest, ...ON_ONE_SCALE[effect].map((name) => Math.abs(effects[name]))),
      Number.MIN_VALUE,
    ),
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
  credit: {
    label: "Credit",
    group: SHARES,
    note:
      "A second exact account: a token also answers for what it did to the gates of later tokens. " +
      "All tokens grow together from nothing, and each has what the logit gained by its growth.",
    needs: "credit",
    signedValue: (token) => token.credit,
    spoken: (token) => `credit ${signed(token.credit)}`,
    scale: (tokens) =>
      tokens.reduce((largest, { credit }) => Math.max(largest, Math.abs(credit)), Number.MIN_VALUE),
    ends: (scale) => [signed(-scale, 2), "0", signed(scale, 2)],
  },
  running: {
    label: "Running verdict",
    group: "Along the way",
    note: "P(positive) after each token, had the review ended there.",
    signedValue: (token) => token.running_probability - 0.5,
    spoken: (token) => `running P(positive) ${number(token.running_probability)}`,
    scale: () => 0.5,
    ends: () => ["P = 0", "0.5", "P = 1"],
  },
  reset_opened: effect(
    "Δ reset open",
    "reset_opened",
    "What the logit would gain had this token let all of the old state into its candidate (r = 1).",
  ),
  reset_averaged: effect(
    "Δ reset average",
    "reset_averaged",
    "What the logit would gain had this token’s reset gate stood at each unit’s own average.",
  ),
  update_closed: effect(
    "Δ update closed",
    "update_closed",
    "What the logit would gain had this token written nothing: its update gate closed.",
  ),
};
