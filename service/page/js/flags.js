/** What a token is called for what happened at it, and the evidence for it: never a mean gate. */
import { number, percent } from "./format.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Token} Token
 * @typedef {object} Flag
 * @property {string} label
 * @property {string} spoken
 * @property {(token: Token, index: number, explanation: Explanation) => string} evidence
 */

/**
 * What is unusual at a token, which depends on how far from the start it is.
 * @param {Explanation["unusual"]} unusual
 * @param {number} index
 */
const bandOf = ({ bands }, index) => bands.findLast(({ from_token: first }) => first <= index) ?? bands[0];

/** @param {Explanation["unusual"]} unusual */
const comparison = ({ percent: few }) =>
  `than at ${100 - few} of 100 tokens of validation reviews as far from the start`;

/** @type {Record<string, Flag>} */
export const FLAGS = {
  flip: {
    label: "Flip",
    spoken: "verdict flips",
    evidence: (token) => `The running verdict changes sides here, to ${number(token.running_probability)}.`,
  },
  reset: {
    label: "Reset",
    spoken: "reset",
    evidence: ({ recalled_share: share }, index, { unusual }) =>
      share < bandOf(unusual, index).recalled_share_below
        ? `Only ${percent(share)} of the candidate came from recalled context: less ${comparison(unusual)}.`
        : "Opening its reset gate would change the label of the verdict.",
  },
  rewrite: {
    label: "Rewrite",
    spoken: "rewrite",
    evidence: ({ released_share: share }, _, { unusual }) =>
      `The update gate let go of ${percent(share)} of the old state: more ${comparison(unusual)}.`,
  },
};
