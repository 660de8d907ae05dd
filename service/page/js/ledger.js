/** The account of the logit: bias and contributions, and the tokens with the largest entries. */
import { byId, element } from "./dom.js";
import { plural, signed, tiny } from "./format.js";

const LARGEST = 8;

/** @typedef {import("./api.js").Explanation} Explanation */

/** @param {Explanation} explanation */
export function showLedger({ ledger, tokens }) {
  const totals = tokens.map(({ contribution }) => contribution.total);
  const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);
  const positive = totals.filter((value) => value > 0);
  const negative = totals.filter((value) => value < 0);
  const row = (name, value, kind = "") =>
    element("tr", { class: kind }, element("th", { scope: "row" }, name), element("td", null, value));
  const zeros = tokens.length - positive.length - negative.length;
  const rows = [
    row("Bias", signed(ledger.bias)),
    row(`${plural(positive.length, "token")} towards positive`, signed(sum(positive)), "positive"),
    row(`${plural(negative.length, "token")} towards negative`, signed(sum(negative)), "negative"),
    row("Logit", signed(ledger.logit), "sum"),
    row("Residual (rounding)", tiny(ledger.residual), "residual"),
  ];
  if (zeros > 0) rows.splice(3, 0, row(`${plural(zeros, "token")} of which nothing is left`, "0"));
  byId("ledger").replaceChildren(element("tbody", null, ...rows));
}

/**
 * @param {Explanation} explanation
 * @param {import("./selection.js").Selection} selection
 */
export function showEntries({ tokens }, selection) {
  const largest = tokens
    .map((token, index) => ({ token, index, total: token.contribution.total }))
    .sort((one, other) => Math.abs(other.total) - Math.abs(one.total))
    .slice(0, LARGEST);
  const buttons = largest.map(({ token, index, total }) => {
    const button = element(
      "button",
      { type: "button", class: `entry ${total > 0 ? "positive" : "negative"}`, title: `Token ${index + 1}` },
      element("span", { class: "entry-word" }, token.text),
      element("span", { class: "entry-value" }, signed(total)),
    );
    button.addEventListener("click", () => selection.pin(index, "ledger"));
    return button;
  });
  byId("entries").replaceChildren(element("span", { class: "entries-label" }, "Largest entries"), ...buttons);
}

/** @param {Explanation} explanation */
export const strongestToken = ({ tokens }) =>
  tokens.reduce(
    (best, { contribution }, index) =>
      Math.abs(contribution.total) > Math.abs(tokens[best].contribution.total) ? index : best,
    0,
  );
