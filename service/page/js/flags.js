/** What a token is called for what happened at it, and the evidence for it: never a mean gate. */
import { number, percent } from "./format.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Token} Token
 * @typedef {object} Flag
 * @property {string} label
 * @property {string} spoken
 * @property {(token: Token, explanation: Explanation) => string} evidence
 */

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
    evidence: ({ recalled_share: share }, { unusual }) =>
      share < unusual.recalled_share_below
        ? `Only ${percent(share)} of the candidate came from recalled context: less than at ` +
          `${100 - unusual.percent} of 100 tokens of validation reviews.`
        : "Opening its reset gate would change the label of the verdict.",
  },
  rewrite: {
    label: "Rewrite",
    spoken: "rewrite",
    evidence: ({ released_share: share }, { unusual }) =>
      `The update gate let go of ${percent(share)} of the old state: more than at ` +
      `${100 - unusual.percent} of 100 tokens of validation reviews.`,
  },
};
