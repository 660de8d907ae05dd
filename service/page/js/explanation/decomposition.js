/** The decomposition of the logit: bias + contributions of all tokens + rounding. */
import { plural, scientific, signed } from "../core/format.js";

/** @typedef {Pick<import("../core/types.js").Explanation, "decomposition" | "tokens">} Decomposed */

/**
 * The rows of the table that adds up to the logit.
 * @param {Decomposed} explanation
 * @returns {{name: string, value: string, kind: string}[]}
 */
export function decompositionRows({ decomposition, tokens }) {
  const totals = tokens.map((token) => token.decomposition.total);
  const positive = totals.filter((value) => value > 0);
  const negative = totals.filter((value) => value < 0);
  const zeros = totals.length - positive.length - negative.length;
  return [
    { name: "Bias", value: signed(decomposition.bias), kind: "" },
    { name: `${plural(positive.length, "token")} towards positive`, value: signed(sum(positive)), kind: "positive" },
    { name: `${plural(negative.length, "token")} towards negative`, value: signed(sum(negative)), kind: "negative" },
    ...(zeros > 0 ? [{ name: `${plural(zeros, "token")} of which nothing is left`, value: "0", kind: "" }] : []),
    { name: "Logit", value: signed(decomposition.logit), kind: "sum" },
    { name: "Residual (rounding)", value: scientific(decomposition.residual), kind: "residual" },
  ];
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);
