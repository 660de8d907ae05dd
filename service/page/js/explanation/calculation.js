/** The lines of one step worked out for one unit, in the order of the calculation. */

/**
 * @typedef {import("../core/types.js").StepUnit} StepUnit
 * @typedef {{formula: string, kind?: "sum" | "result", value: (unit: StepUnit) => number}} Line
 */

/** The update gate in each convention, and how it mixes the candidate and the old state. */
const UPDATE = {
  pytorch: { gate: "z_t = σ(sum)", written: "(1 − z_t) × n_t", kept: "+ z_t × h_{t−1}" },
  chung2014: { gate: "u_t = 1 − σ(sum)", written: "u_t × n_t", kept: "+ (1 − u_t) × h_{t−1}" },
};

/**
 * @param {string} name  r or z, as in the names of the weights
 * @param {"reset" | "update"} gate
 * @param {string} result
 * @returns {Line[]}
 */
const gateLines = (name, gate, result) => [
  { formula: `W_i${name} x_t`, value: (unit) => unit[gate].from_word },
  { formula: `+ b_i${name}`, value: (unit) => unit[gate].word_bias },
  { formula: `+ W_h${name} h_{t−1}`, value: (unit) => unit[gate].from_state },
  { formula: `+ b_h${name}`, value: (unit) => unit[gate].state_bias },
  { formula: "= sum", kind: "sum", value: (unit) => unit[gate].total },
  { formula: result, kind: "result", value: (unit) => unit[gate].value },
];

/**
 * @param {import("../core/types.js").Convention} convention
 * @returns {[string, Line[]][]} parts of the calculation, each with its name
 */
export const calculation = (convention) => [
  ["Old state", [{ formula: "h_{t−1}", value: (unit) => unit.before }]],
  ["Reset gate", gateLines("r", "reset", "r_t = σ(sum)")],
  ["Update gate", gateLines("z", "update", UPDATE[convention].gate)],
  [
    "Candidate",
    [
      { formula: "W_in x_t", value: (unit) => unit.candidate.from_word },
      { formula: "+ b_in", value: (unit) => unit.candidate.word_bias },
      { formula: "= word", kind: "sum", value: (unit) => unit.candidate.word },
      { formula: "W_hn h_{t−1}", value: (unit) => unit.candidate.from_state },
      { formula: "+ b_hn", value: (unit) => unit.candidate.state_bias },
      { formula: "= state", kind: "sum", value: (unit) => unit.candidate.state },
      { formula: "r_t × state", value: (unit) => unit.candidate.recalled },
      { formula: "= word + r_t × state", kind: "sum", value: (unit) => unit.candidate.total },
      { formula: "n_t = tanh(that sum)", kind: "result", value: (unit) => unit.candidate.value },
    ],
  ],
  [
    "New state",
    [
      { formula: UPDATE[convention].written, value: (unit) => unit.written },
      { formula: UPDATE[convention].kept, value: (unit) => unit.kept },
      { formula: "= h_t", kind: "result", value: (unit) => unit.after },
    ],
  ],
];

/**
 * The steps that are shown for a token: its own and the next one. For the last token, its own and
 * the one before; for a review of one token, its own only.
 * @param {number} token
 * @param {number} count  number of tokens
 * @returns {number[]}
 */
export function stepsShown(token, count) {
  const first = Math.max(0, Math.min(token, count - 2));
  return [first, first + 1].filter((step) => step < count);
}
