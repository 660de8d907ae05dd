/** The interventions that the gate panel offers. */
import { keepingUpdate, updateSymbol } from "./gates.js";

/**
 * @typedef {import("../core/types.js").Convention} Convention
 * @typedef {import("../core/types.js").Gate} Gate
 *
 * @typedef {object} GateValue
 * @property {string} label
 * @property {Gate} gate
 * @property {(convention: Convention) => number | "average"} value
 * @property {(convention: Convention) => string} meaning
 */

/**
 * What a gate can be set to, by names in a link. The first one is the default.
 * @type {Record<string, GateValue>}
 */
export const GATE_VALUES = {
  "reset-open": {
    label: "Reset at 1",
    gate: "reset",
    value: () => 1,
    meaning: () => "r = 1: all of the old state enters the candidate. The network was not trained on such values.",
  },
  "reset-average": {
    label: "Reset at its average",
    gate: "reset",
    value: () => "average",
    meaning: () => "r = each unit’s own average over validation reviews, a value that the network often has.",
  },
  "update-closed": {
    label: "Update: write nothing",
    gate: "update",
    value: keepingUpdate,
    meaning: (convention) =>
      `${updateSymbol(convention)} = ${keepingUpdate(convention)}: the old state stays, nothing is written.`,
  },
};

/**
 * The tokens at which the gate is set, from the pinned token and the number of tokens.
 * @type {Record<string, {label: string, range: (token: number, count: number) => [number, number]}>}
 */
export const SCOPES = {
  token: { label: "This token", range: (token) => [token, token] },
  after: { label: "This and all after", range: (token, count) => [token, count - 1] },
  all: { label: "All tokens", range: (_, count) => [0, count - 1] },
};

/**
 * @typedef {object} Chosen
 * @property {string} value  key of `GATE_VALUES`
 * @property {string} scope  key of `SCOPES`
 * @property {number} token  the pinned token
 */

/**
 * The intervention as the API takes it.
 * @param {Chosen} chosen
 * @param {{convention: Convention, tokens: readonly unknown[]}} explanation
 * @returns {import("../core/types.js").Intervention}
 */
export function interventionOf({ value, scope, token }, { convention, tokens }) {
  const [first, last] = SCOPES[scope].range(token, tokens.length);
  const { gate, value: valueIn } = GATE_VALUES[value];
  return { gate, value: valueIn(convention), tokens: `${first}-${last}` };
}

/**
 * Options of a switch.
 * @param {Record<string, {label: string}>} choices
 */
export const optionsOf = (choices) => Object.entries(choices).map(([value, { label }]) => ({ value, label }));
