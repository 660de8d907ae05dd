/** The quantities that tokens can be coloured by: a sign and a strength, and the words for both. */
import { number, signed } from "../core/format.js";

/**
 * @typedef {import("../core/types.js").Token} Token
 * @typedef {"gate_effects" | "attribution"} OptionalField  a token's field that is only computed on
 *   request
 *
 * @typedef {object} Colouring
 * @property {string} label
 * @property {string} group  of the list that the colouring is chosen from
 * @property {string} note  what the number is
 * @property {(token: Token) => number} signedValue  above 0 leans positive
 * @property {(token: Token) => string} spoken  the number in words, with its name
 * @property {(tokens: Token[]) => number} scale  the value of full colour, above 0
 * @property {(scale: number) => [string, string, string]} ends  legend: left, middle, right
 * @property {OptionalField} [needs]
 */

/**
 * The colour of a value.
 * @param {number} value
 * @param {number} full  the value of full colour, above 0
 * @returns {{sign: "negative" | "positive", strength: number}} strength is 0 to 1
 */
export const tintOf = (value, full) => ({
  sign: value > 0 ? "positive" : "negative",
  strength: Math.min(1, Math.abs(value) / full),
});

/**
 * The largest absolute value, but above 0, so that it can be divided by.
 * @param {number[]} values
 */
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);

/**
 * The largest absolute contribution or part of one, so that all three have the same scale.
 * @param {Token[]} tokens
 */
export const largestPart = (tokens) =>
  largest(tokens.flatMap(({ decomposition: { total, new_word: word, recalled_context: context } }) => [total, word, context]));

/** @param {number} scale  @returns {[string, string, string]} */
const symmetricEnds = (scale) => [signed(-scale, 2), "0", signed(scale, 2)];

const SHARES = "Exact shares of the logit";

/**
 * @param {string} label
 * @param {keyof Token["decomposition"]} part
 * @param {string} note
 * @returns {Colouring}
 */
const contribution = (label, part, note) => ({
  label,
  note,
  group: SHARES,
  signedValue: (token) => token.decomposition[part],
  spoken: (token) => `${label.toLowerCase()} ${signed(token.decomposition[part])}`,
  scale: largestPart,
  ends: symmetricEnds,
});

/** @typedef {import("../core/types.js").GateEffect} GateEffect */

/**
 * The effects that share a scale: both of the reset gate. Those of the update gate are larger.
 * @type {Record<GateEffect, GateEffect[]>}
 */
const ON_ONE_SCALE = {
  reset_at_1: ["reset_at_1", "reset_at_average"],
  reset_at_average: ["reset_at_1", "reset_at_average"],
  update_at_1: ["update_at_1"],
};

/**
 * @param {Token} token
 * @param {GateEffect} effect
 */
const effectOf = (token, effect) => token.gate_effects?.[effect] ?? 0;

/**
 * @param {string} label
 * @param {GateEffect} effect
 * @param {string} note
 * @returns {Colouring}
 */
const gateEffect = (label, effect, note) => ({
  label,
  note: `${note} One run of the network for every token.`,
  group: "With another gate at the token",
  needs: "gate_effects",
  signedValue: (token) => effectOf(token, effect),
  spoken: (token) => `${label}: logit ${signed(effectOf(token, effect))}`,
  scale: (tokens) => largest(tokens.flatMap((token) => ON_ONE_SCALE[effect].map((name) => effectOf(token, name)))),
  ends: symmetricEnds,
});

/**
 * All colourings by their names in a link. The first one is the default, also for texts that are so
 * long that it has to be requested.
 * @type {Record<string, Colouring>}
 */
export const COLOURINGS = {
  attribution: {
    label: "Attribution",
    group: SHARES,
    note: "Exact share of the logit, with what this token did to the gates of later tokens.",
    needs: "attribution",
    signedValue: (token) => token.attribution ?? 0,
    spoken: (token) => `attribution ${signed(token.attribution ?? 0)}`,
    scale: (tokens) => largest(tokens.map(({ attribution }) => attribution ?? 0)),
    ends: symmetricEnds,
  },
  total: contribution(
    "Contribution",
    "total",
    "Another exact share of the logit: what this token wrote into the state and is still there at the end.",
  ),
  new_word: contribution("New word", "new_word", "The part of the contribution that comes from the word itself."),
  recalled_context: contribution(
    "Recalled context",
    "recalled_context",
    "The part of the contribution that comes from the old state, let in by the reset gate.",
  ),
  running: {
    label: "Running prediction",
    group: "Along the way",
    note: "P(positive) after each token, had the review ended there.",
    signedValue: (token) => token.running_probability - 0.5,
    spoken: (token) => `running P(positive) ${number(token.running_probability)}`,
    scale: () => 0.5,
    ends: () => ["P = 0", "0.5", "P = 1"],
  },
  reset_at_1: gateEffect(
    "Δ reset at 1",
    "reset_at_1",
    "Change of the logit had this token let all of the old state into its candidate (r = 1).",
  ),
  reset_at_average: gateEffect(
    "Δ reset at average",
    "reset_at_average",
    "Change of the logit had this token’s reset gate been at each unit’s own average.",
  ),
  update_at_1: gateEffect(
    "Δ update at 1",
    "update_at_1",
    "Change of the logit had this token written nothing: its update gate at 1 (in PyTorch’s convention).",
  ),
};

/**
 * The options of the list that the colouring is chosen from.
 * @returns {Record<string, {value: string, label: string}[]>} by group
 */
export function colouringsByGroup() {
  /** @type {Record<string, {value: string, label: string}[]>} */
  const groups = {};
  for (const [value, { label, group }] of Object.entries(COLOURINGS)) {
    (groups[group] ??= []).push({ value, label });
  }
  return groups;
}
