/** The columns of the table of all numbers. */
import { number, percent, signed } from "../core/format.js";
import { updateSymbol } from "./gates.js";

/**
 * @typedef {import("../core/types.js").Token} Token
 *
 * @typedef {object} Column
 * @property {string} head
 * @property {(token: Token, index: number) => string} cell
 */

/**
 * Columns of the fields that every explanation has, and of the optional ones that this one has.
 * @param {{tokens: Token[], convention: import("../core/types.js").Convention}} explanation
 * @returns {Column[]}
 */
export function columnsOf({ tokens: [first], convention }) {
  return [
    { head: "#", cell: (_, index) => String(index + 1) },
    { head: "token", cell: ({ text }) => text },
    { head: "known", cell: ({ known }) => (known ? "yes" : "no") },
    { head: "P(positive)", cell: (token) => number(token.running_probability) },
    { head: "contribution", cell: ({ decomposition }) => signed(decomposition.total) },
    { head: "new word", cell: ({ decomposition }) => signed(decomposition.new_word) },
    { head: "recalled context", cell: ({ decomposition }) => signed(decomposition.recalled_context) },
    { head: "recalled share", cell: (token) => percent(token.recalled_share) },
    { head: "kept share", cell: (token) => percent(token.kept_share) },
    { head: "released share", cell: (token) => percent(token.released_share) },
    { head: "flags", cell: ({ flags }) => flags.join(", ") },
    ...gateColumns("reset", "reset r"),
    ...gateColumns("update", `update ${updateSymbol(convention)}`),
    ...(first.attribution === null ? [] : [optional("attribution", (token) => token.attribution)]),
    ...(first.gate_effects === null
      ? []
      : [
          optional("Δ reset at 1", ({ gate_effects: effects }) => effects?.reset_at_1),
          optional("Δ reset at average", ({ gate_effects: effects }) => effects?.reset_at_average),
          optional("Δ update at 1", ({ gate_effects: effects }) => effects?.update_at_1),
        ]),
  ];
}

/**
 * @param {"reset" | "update"} gate
 * @param {string} name
 * @returns {Column[]}
 */
const gateColumns = (gate, name) => [
  { head: `${name} mean`, cell: (token) => number(token[gate].mean) },
  { head: "min", cell: (token) => number(token[gate].min) },
  { head: "max", cell: (token) => number(token[gate].max) },
];

/**
 * @param {string} head
 * @param {(token: Token) => number | null | undefined} value
 * @returns {Column}
 */
const optional = (head, value) => ({ head, cell: (token) => signed(value(token) ?? 0) });
