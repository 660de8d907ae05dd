/** The words and clauses that did most, beside the prediction. */
import { bodyRow, byId, element, headRow } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { topClauses, topWords } from "../explanation/words.js";

const MOST_WORDS = 8;
const MOST_CLAUSES = 4;

/** @typedef {import("../core/types.js").Explanation} Explanation */

/**
 * @param {Explanation} explanation
 * @param {import("../core/selection.js").Selection} selection  in which a chosen word is pinned
 */
export function showTopWords(explanation, selection) {
  const isAttributed = explanation.attribution !== null;
  byId("top-words-heading").textContent = isAttributed ? "Words that did most" : "Words with the largest contributions";
  byId("top-words-note").textContent = isAttributed
    ? "Each word’s attribution: its exact share of the logit."
    : "Attributions of a text of this length are being computed.";
  const buttons = topWords(explanation, MOST_WORDS).map(({ index, text, share, without }) => {
    const title = `Token ${index + 1}${without === null ? "" : `. Without it, P(positive) would be ${number(without)}`}`;
    const button = element(
      "button",
      { type: "button", class: `entry ${share > 0 ? "positive" : "negative"}`, title },
      element("span", { class: "entry-word" }, text),
      element("span", { class: "entry-value" }, signed(share)),
    );
    button.addEventListener("click", () => selection.pin(index, "top words"));
    return button;
  });
  byId("entries").replaceChildren(...buttons);
  showTopClauses(explanation);
}

/** @param {Explanation} explanation */
function showTopClauses({ clauses }) {
  const isWorthwhile = clauses !== null && clauses.length > 1;
  byId("top-clauses").hidden = !isWorthwhile;
  if (!isWorthwhile) return;
  const rows = topClauses(clauses, MOST_CLAUSES).map(({ text, attribution, without }) =>
    bodyRow(element("span", { class: "clause" }, text), [signed(attribution), number(without)]),
  );
  byId("top-clauses").replaceChildren(
    headRow(["Clause", "attribution", "P(positive) without it"]),
    element("tbody", null, ...rows),
  );
}
