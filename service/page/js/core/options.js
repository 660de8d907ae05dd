/** Options of the switches that the whole page shares. The first one of each is the default. */

/** @type {{value: import("./types.js").Convention, label: string}[]} */
export const CONVENTIONS = [
  { value: "pytorch", label: "PyTorch: z, 1 = keep the old state" },
  { value: "chung2014", label: "Chung 2014: u = 1 − z, 1 = take the candidate" },
];

/** @type {{value: import("./types.js").Gate, label: string}[]} */
export const GATES = [
  { value: "reset", label: "Reset" },
  { value: "update", label: "Update" },
];

/**
 * The units that the heat map shows, as the API takes them.
 * @typedef {"top" | "all"} UnitChoice
 * @type {{value: UnitChoice, label: string}[]}
 */
export const UNITS = [
  { value: "top", label: "Top units" },
  { value: "all", label: "All units" },
];

/**
 * The order of the units, in words.
 * @type {Record<UnitChoice, string>}
 */
export const UNIT_ORDER = {
  top: "those with the largest |head weight × final state| first",
  all: "in the network’s order",
};
