/** One step worked out anew from the terms that the API gives, line by line. */
import { number } from "../core/format.js";
import { round, sigmoid } from "./arithmetic.js";

/**
 * @typedef {import("../core/types.js").StepUnit} StepUnit
 * @typedef {{part: "state" | "reset" | "update" | "candidate", symbols: string, filled: string, result: number,
 *   agrees: boolean}} CheckedLine
 *   `result` is computed here, and `agrees` says whether the API has the same
 */

/**
 * @param {StepUnit} unit
 * @param {number} decimals  to which every line is rounded
 * @returns {CheckedLine[]}
 */
export function checkedLines(unit, decimals) {
  const { before, reset, update, candidate } = unit;
  const put = (/** @type {number} */ value) => number(value, decimals);
  /** Rounding may go either way if a result lies half-way between two numbers. */
  const tolerance = 1.01 * 10 ** -decimals;
  /**
   * @param {CheckedLine["part"]} part
   * @param {string} symbols
   * @param {string} filled
   * @param {number} exact
   * @param {number} expected
   */
  const checked = (part, symbols, filled, exact, expected) => {
    const result = round(exact, decimals);
    return { part, symbols, filled, result, agrees: Math.abs(result - expected) <= tolerance };
  };
  /**
   * @param {"reset" | "update"} part
   * @param {string} name
   * @param {StepUnit["reset"]} gate
   */
  const gateLines = (part, name, { from_word, word_bias, from_state, state_bias, total, value }) => {
    const terms = [from_word, word_bias, from_state, state_bias];
    const sum = terms.reduce((sofar, term) => sofar + term, 0);
    return [
      checked(part, `W_i${name} x_t + b_i${name} + W_h${name} h_{t−1} + b_h${name}`, added(terms, put), sum, total),
      checked(part, `${name}_t = σ(that sum)`, `σ(${put(total)})`, sigmoid(total), value),
    ];
  };
  const { word, state, recalled, total } = candidate;
  const [r, z, n] = [reset.value, update.value, candidate.value];
  return [
    ...gateLines("reset", "r", reset),
    ...gateLines("update", "z", update),
    checked("candidate", "W_in x_t + b_in", added([candidate.from_word, candidate.word_bias], put),
      candidate.from_word + candidate.word_bias, word),
    checked("candidate", "W_hn h_{t−1} + b_hn", added([candidate.from_state, candidate.state_bias], put),
      candidate.from_state + candidate.state_bias, state),
    checked("candidate", "r_t × (W_hn h_{t−1} + b_hn)", `${put(r)} × ${put(state)}`, r * state, recalled),
    checked("candidate", "n_t = tanh(word + recalled)", `tanh(${added([word, recalled], put)})`,
      Math.tanh(total), n),
    checked("state", "(1 − z_t) × n_t", `(1 − ${put(z)}) × ${put(n)}`, (1 - z) * n, unit.written),
    checked("state", "z_t × h_{t−1}", `${put(z)} × ${put(before)}`, z * before, unit.kept),
    checked("state", "h_t = both together", added([unit.written, unit.kept], put), unit.written + unit.kept, unit.after),
  ];
}

/**
 * Numbers joined by their signs.
 * @param {number[]} terms
 * @param {(value: number) => string} put
 */
const added = ([first, ...others], put) =>
  put(first) + others.map((term) => (term < 0 ? ` − ${put(-term)}` : ` + ${put(term)}`)).join("");
