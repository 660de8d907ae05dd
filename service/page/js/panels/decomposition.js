/** The decomposition of the logit as a table, and buttons for the largest contributions. */
import { byId, element } from "../core/dom.js";
import { signed } from "../core/format.js";
import { decompositionRows, largestTokens } from "../explanation/decomposition.js";

const LARGEST = 8;

/** @typedef {import("../core/types.js").Explanation} Explanation */

/** @param {Explanation} explanation */
export function showDecomposition(explanation) {
  const rows = decompositionRows(explanation).map(({ name, value, kind }) =>
    element("tr", { class: kind }, element("th", { scope: "row" }, name), element("td", null, value)),
  );
  byId("decomposition").replaceChildren(element("tbody", null, ...rows));
}

/**
 * @param {Explanation} explanation
 * @param {import("../core/selection.js").Selection} selection
 */
export function showLargest(explanation, selection) {
  const buttons = largestTokens(explanation, LARGEST).map(({ index, text, total }) => {
    const button = element(
      "button",
      { type: "button", class: `entry ${total > 0 ? "positive" : "negative"}`, title: `Token ${index + 1}` },
      element("span", { class: "entry-word" }, text),
      element("span", { class: "entry-value" }, signed(total)),
    );
    button.addEventListener("click", () => selection.pin(index, "decomposition"));
    return button;
  });
  byId("entries").replaceChildren(element("span", { class: "entries-label" }, "Largest contributions"), ...buttons);
}
