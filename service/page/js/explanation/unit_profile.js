/** What is shown of one hidden unit. */
import { count, number, plural, signed } from "../core/format.js";
import { updateSymbol } from "./gates.js";

/**
 * @typedef {import("../core/types.js").Convention} Convention
 * @typedef {import("../core/types.js").UnitProfile} UnitProfile
 * @typedef {import("../core/types.js").UnitPlaces} UnitPlaces
 *
 * @typedef {object} PlaceKind
 * @property {(convention: Convention) => string} title
 * @property {(value: number) => string} print
 */

/** Decimals of the gates in the index of units. */
const GATE_DECIMALS = 5;

/** @param {number} value */
const printGate = (value) => number(value, GATE_DECIMALS);

/**
 * The four lists of places, in the order in which they are shown.
 * @type {Record<keyof UnitPlaces, PlaceKind>}
 */
export const PLACE_KINDS = {
  contributes: { title: () => "Changes the prediction most", print: (value) => signed(value) },
  writes: {
    title: (convention) => `Writes: ${updateSymbol(convention)} ${convention === "pytorch" ? "lowest" : "highest"}`,
    print: printGate,
  },
  keeps: {
    title: (convention) => `Keeps: ${updateSymbol(convention)} ${convention === "pytorch" ? "highest" : "lowest"}`,
    print: printGate,
  },
  resets: { title: () => "Resets: r lowest", print: printGate },
};

/**
 * The figures of a unit, each with its name.
 * @param {Pick<UnitProfile, "head_weight" | "mean_reset" | "mean_update" | "half_life" | "convention">} profile
 * @returns {Record<string, string>}
 */
export const unitFacts = ({ head_weight: weight, mean_reset: reset, mean_update: update, half_life: life, convention }) => ({
  Memory: life === null ? "not measured" : `half is gone after ${number(life, 1)} tokens`,
  "Reset gate r": `${number(reset)} on average`,
  [`Update gate ${updateSymbol(convention)}`]: `${number(update)} on average`,
  "Head weight": `${signed(weight)}: a high state raises the logit of ${weight > 0 ? "positive" : "negative"}`,
});

/** @param {NonNullable<UnitProfile["measured"]>} measured */
export const originText = ({ texts, source, tokens }) =>
  `Found in ${plural(texts, "text")} (${source}), ${count(tokens)} tokens. ` +
  "Each word is listed once, at its strongest. Memory follows from the average of ln z.";
