/** The exact sums of which the logit is made, filled in once they are opened. */
import { bodyRow, byId, element, headRow } from "../core/dom.js";
import { number, plural, signed } from "../core/format.js";
import { decompositionRows } from "../explanation/decomposition.js";

const MOST_CLAUSES = 200;

/** @typedef {import("../core/types.js").Explanation} Explanation */

export class Accounting {
  /** @type {Explanation | null} */
  #unfilled = null;
  #details = /** @type {HTMLDetailsElement} */ (byId("accounting"));

  constructor() {
    this.#details.addEventListener("toggle", () => this.#fill());
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#unfilled = explanation;
    this.#fill();
  }

  #fill() {
    if (!this.#unfilled || !this.#details.open) return;
    showDecomposition(this.#unfilled);
    showClauses(this.#unfilled);
    this.#unfilled = null;
  }
}

/** @param {Explanation} explanation */
function showDecomposition(explanation) {
  const rows = decompositionRows(explanation).map(({ name, value, kind }) =>
    element("tr", { class: kind }, element("th", { scope: "row" }, name), element("td", null, value)),
  );
  byId("decomposition").replaceChildren(headRow(["Part", "share of the logit"]), element("tbody", null, ...rows));
}

/** @param {Explanation} explanation */
function showClauses({ clauses }) {
  byId("clauses-box").hidden = clauses === null;
  if (!clauses) return;
  const rows = clauses
    .slice(0, MOST_CLAUSES)
    .map(({ text, attribution, without }) =>
      bodyRow(element("span", { class: "clause" }, text), [signed(attribution), number(without)]),
    );
  byId("clauses").replaceChildren(headRow(["Clause", "attribution", "P(positive) without it"]), element("tbody", null, ...rows));
  const more = clauses.length - MOST_CLAUSES;
  byId("clauses-rest").textContent = more > 0 ? `${plural(more, "more clause")}: Save, Data.` : "";
}
