/** Names of the gates, and what their values mean in each convention. */

/**
 * @typedef {import("../core/types.js").Gate} Gate
 * @typedef {import("../core/types.js").Convention} Convention
 */

const UPDATE_SYMBOL = { pytorch: "z", chung2014: "u" };
const UPDATE_TITLE = { pytorch: "Update gate z (PyTorch)", chung2014: "Update gate u = 1 − z (Chung 2014)" };

/**
 * What a gate does at 0 and at 1.
 * @type {Record<"reset" | Convention, [string, string]>}
 */
const ENDS = {
  reset: ["0: none of the old state enters the candidate", "1: all of it does"],
  pytorch: ["0: take the candidate", "1: keep the old state"],
  chung2014: ["0: keep the old state", "1: take the candidate"],
};

/** @param {Convention} convention */
export const updateSymbol = (convention) => UPDATE_SYMBOL[convention];

/**
 * The value at which the update gate keeps the old state and writes nothing.
 * @param {Convention} convention
 */
export const keepingUpdate = (convention) => (convention === "chung2014" ? 0 : 1);

/**
 * @param {Gate} gate
 * @param {Convention} convention
 */
export const gateTitle = (gate, convention) => (gate === "reset" ? "Reset gate r" : UPDATE_TITLE[convention]);

/**
 * @param {Gate} gate
 * @param {Convention} convention
 * @returns {[string, string]}
 */
export const gateEnds = (gate, convention) => ENDS[gate === "reset" ? "reset" : convention];

/**
 * @param {Gate} gate
 * @param {Convention} convention
 */
export const gateNote = (gate, convention) => `${gateEnds(gate, convention).join("; ")}.`;
