/** What each gate is called and what its values mean: said once, used wherever a gate is shown. */

/**
 * @typedef {"reset" | "update"} GateName
 * @typedef {import("./api.js").Convention} Convention
 */

const UPDATE_SYMBOL = { pytorch: "z", course: "u" };
const UPDATE_TITLE = { pytorch: "Update gate z (PyTorch)", course: "Update gate u = 1 − z (course)" };

/** Both ends of each gate, 0 first. */
const ENDS = {
  reset: ["0: none of the old state enters the candidate", "1: all of it does"],
  pytorch: ["0: take the candidate", "1: keep the old state"],
  course: ["0: keep the old state", "1: take the candidate"],
};

/** @param {Convention} convention */
export const updateSymbol = (convention) => UPDATE_SYMBOL[convention];

/**
 * @param {GateName} gate
 * @param {Convention} convention
 */
export const gateTitle = (gate, convention) =>
  gate === "reset" ? "Reset gate r" : UPDATE_TITLE[convention];

/**
 * @param {GateName} gate
 * @param {Convention} convention
 * @returns {[string, string]}
 */
export const gateEnds = (gate, convention) => ENDS[gate === "reset" ? "reset" : convention];

/**
 * @param {GateName} gate
 * @param {Convention} convention
 */
export const gateNote = (gate, convention) => `${gateEnds(gate, convention).join("; ")}.`;
