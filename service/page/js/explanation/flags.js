/** The flags of a token, and the evidence for each: never a mean gate. */
import { number, percent } from "../core/format.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Token} Token
 * @typedef {import("../core/types.js").Unusual} Unusual
 *
 * @typedef {object} Flag
 * @property {string} label
 * @property {string} spoken
 * @property {(token: Token, index: number, explanation: Pick<Explanation, "unusual">) => string} evidence
 */

/**
 * The thresholds at a token, which depend on its distance from the start.
 * @param {Unusual} unusual
 * @param {number} index  of the token
 */
export const bandOf = ({ bands }, index) => bands.findLast(({ from_token: first }) => first <= index) ?? bands[0];

/** @param {Unusual} unusual */
const comparison = ({ percent: few }) =>
  `than at ${100 - few} of 100 tokens of validation reviews as far from the start`;

/** @type {Record<import("../core/types.js").FlagName, Flag>} */
export const FLAGS = {
  flip: {
    label: "Flip",
    spoken: "running prediction flips",
    evidence: (token) => `The running prediction flips here, to ${number(token.running_probability)}.`,
  },
  reset: {
    label: "Reset",
    spoken: "reset",
    evidence: ({ recalled_share: share }, index, { unusual }) =>
      share < bandOf(unusual, index).recalled_share_below
        ? `Only ${percent(share)} of the candidate came from recalled context: less ${comparison(unusual)}.`
        : "Opening its reset gate would change the label.",
  },
  rewrite: {
    label: "Rewrite",
    spoken: "rewrite",
    evidence: ({ released_share: share }, _, { unusual }) =>
      `The update gate let go of ${percent(share)} of the old state: more ${comparison(unusual)}.`,
  },
};
