/** The units of the model as a list that can be sorted and searched. A row opens the card of its unit. */
import { fetchUnits } from "../core/api.js";
import { byId, element } from "../core/dom.js";
import { LatestRequest } from "../core/latest_request.js";
import { debounce } from "../core/scheduling.js";
import { COLUMNS, countText, orderAfter } from "../explanation/unit_list.js";
import { originText } from "../explanation/unit_profile.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").ListedUnits} ListedUnits
 */

const PAGE = 50;
const TYPING_MILLISECONDS = 250;

export class UnitList {
  #box = /** @type {HTMLDetailsElement} */ (byId("unit-list"));
  #search = /** @type {HTMLInputElement} */ (byId("unit-search"));
  #more = byId("unit-more");
  #table = /** @type {HTMLTableElement} */ (byId("unit-table"));
  #body = this.#table.createTBody();
  #request = new LatestRequest(this.#box, byId("unit-list-problem"), () => this.#clear());
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {{sort: import("../core/types.js").UnitOrder, descending: boolean}} */
  #order = { sort: "largest_contribution", descending: true };
  /** What the rows are about, so that they are requested again only if it changes. */
  #listed = "";

  /** @param {() => void} onChange  called when it is opened or closed */
  constructor(onChange) {
    this.#box.addEventListener("toggle", () => {
      onChange();
      this.#update();
    });
    this.#search.addEventListener("input", debounce(() => this.#update(), TYPING_MILLISECONDS));
    this.#more.addEventListener("click", () => this.#list(this.#body.rows.length));
  }

  /** @param {Explanation | null} explanation  null while another review is being read */
  show(explanation) {
    if (!explanation) return;
    this.#explanation = explanation;
    this.#update();
  }

  #update() {
    if (!this.#box.open || !this.#explanation) return;
    const { model, convention } = this.#explanation;
    const wanted = JSON.stringify([model, convention, this.#order, this.#search.value]);
    if (wanted === this.#listed) return;
    this.#listed = wanted;
    this.#showHead();
    this.#list(0);
  }

  /** @param {number} offset  units that are shown already */
  async #list(offset) {
    const { model, convention } = /** @type {Explanation} */ (this.#explanation);
    const word = this.#search.value.trim();
    const query = { model: model.id, convention, ...this.#order, offset, limit: PAGE, ...(word && { word }) };
    await this.#request.send(
      (signal) => fetchUnits(query, signal),
      (list) => {
        if (offset === 0) this.#body.replaceChildren();
        const first = this.#body.rows.length;
        this.#body.append(...list.units.map((unit) => rowOf(unit, word)));
        this.#showCount(list, word);
        if (offset > 0) this.#body.rows[first]?.querySelector("button")?.focus();
      },
    );
  }

  #showHead() {
    const { convention } = /** @type {Explanation} */ (this.#explanation);
    const heads = COLUMNS.map((column) => {
      const title = column.title(convention);
      if (!column.order) return element("th", { scope: "col" }, title);
      const button = element("button", { type: "button", "data-order": column.order }, title);
      button.addEventListener("click", () => this.#sort(column));
      const { sort, descending } = this.#order;
      const direction = sort !== column.order ? "none" : descending ? "descending" : "ascending";
      return element("th", { scope: "col", "aria-sort": direction }, button);
    });
    this.#table.tHead?.remove();
    this.#table.prepend(element("thead", null, element("tr", null, ...heads)));
  }

  /** @param {import("../explanation/unit_list.js").Column} column */
  #sort(column) {
    this.#order = orderAfter(column, this.#order);
    this.#update();
    // The headings are built anew.
    /** @type {HTMLElement | null} */ (this.#box.querySelector(`[data-order="${this.#order.sort}"]`))?.focus();
  }

  /**
   * @param {ListedUnits} list
   * @param {string} word
   */
  #showCount({ total, measured }, word) {
    const shown = this.#body.rows.length;
    byId("unit-count").textContent = countText({ shown, total, word });
    byId("unit-origin").textContent = measured ? originText(measured) : "This model comes without an index of where its units act.";
    this.#more.hidden = shown >= total;
    byId("unit-scroll").hidden = shown === 0;
  }

  /** The list was refused. */
  #clear() {
    this.#listed = "";
    this.#body.replaceChildren();
    this.#more.hidden = true;
    byId("unit-scroll").hidden = true;
    byId("unit-count").textContent = "";
  }
}

/**
 * @param {import("../core/types.js").ListedUnit} unit
 * @param {string} word  that is searched for; may be empty
 */
function rowOf(unit, word) {
  const [name, ...cells] = COLUMNS.map(({ cell }) => cell(unit, word));
  const label = `Unit ${name}: where it acts`;
  const button = element("button", { type: "button", class: "plain", "data-unit": name, "aria-label": label }, name);
  const row = element(
    "tr",
    null,
    element("th", { scope: "row" }, button),
    ...cells.map((text, index) => element("td", COLUMNS[index + 1].order ? null : { class: "words" }, text)),
  );
  // All of the row is as good as its button, for those who point.
  row.addEventListener("click", ({ target }) => target !== button && button.click());
  return row;
}
