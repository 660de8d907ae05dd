/** All numbers of all tokens as a table: exact, to copy, and for screen readers. */
import { byId, element, headRow } from "../core/dom.js";
import { columnsOf } from "../explanation/number_table.js";

/** @typedef {import("../core/types.js").Explanation} Explanation */

export class NumberTable {
  /**
   * An explanation that the table does not show yet. A long table is only built when it is opened.
   * @type {Explanation | null}
   */
  #waiting = null;
  #details = /** @type {HTMLDetailsElement} */ (byId("numbers"));

  constructor() {
    this.#details.addEventListener("toggle", () => this.#build());
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#waiting = explanation;
    this.#build();
  }

  #build() {
    if (!this.#details.open || !this.#waiting) return;
    const { tokens } = this.#waiting;
    const columns = columnsOf(this.#waiting);
    this.#waiting = null;
    const rows = tokens.map((token, index) =>
      element(
        "tr",
        null,
        ...columns.map(({ head, cell }) => {
          const text = cell(token, index);
          return head === "token" ? element("th", { scope: "row" }, text) : element("td", null, text);
        }),
      ),
    );
    byId("table").replaceChildren(
      element("table", null, headRow(columns.map(({ head }) => head)), element("tbody", null, ...rows)),
    );
  }
}
