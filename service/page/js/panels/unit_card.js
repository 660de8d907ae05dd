/** A dialog about one hidden unit: its memory, and the words at which it acts most. */
import { fetchUnit } from "../core/api.js";
import { byId, closestTo, element, showProblem } from "../core/dom.js";
import { LatestRequest } from "../core/latest_request.js";
import { linkTo } from "../core/permalink.js";
import { PLACE_KINDS, originText, unitFacts } from "../explanation/unit_profile.js";

/**
 * @typedef {import("../core/types.js").Convention} Convention
 * @typedef {import("../core/types.js").Occurrence} Occurrence
 * @typedef {import("../core/types.js").UnitPlaces} UnitPlaces
 * @typedef {import("../core/types.js").UnitProfile} UnitProfile
 */

export class UnitCard {
  #box = /** @type {HTMLDialogElement} */ (byId("unit-card"));
  #request = new LatestRequest(this.#box, byId("unit-problem"), () => byId("unit-body").replaceChildren());
  #model;
  #onChange;
  #follow;
  /**
   * The unit that is shown; null while the dialog is closed.
   * @type {number | null}
   */
  unit = null;

  /**
   * Every button with `data-unit` on the page opens the dialog.
   * @param {() => Convention} convention
   * @param {() => string} model  id of the model of the explanation that is shown; empty without one
   * @param {() => void} onChange  called when it opens or closes
   * @param {(link: string) => void} follow  reads the review of a link
   */
  constructor(convention, model, onChange, follow) {
    this.#model = model;
    this.#follow = follow;
    this.#onChange = onChange;
    this.#box.addEventListener("close", () => {
      this.#request.abort();
      this.unit = null;
      onChange();
    });
    this.#box.addEventListener("keydown", (event) => event.stopPropagation());
    byId("unit-close").addEventListener("click", () => this.#box.close());
    this.#box.addEventListener("click", ({ target }) => target === this.#box && this.#box.close());
    this.#box.addEventListener("click", (event) => this.#read(event));
    document.addEventListener("click", (event) => {
      const button = closestTo(event, "[data-unit]");
      if (button) this.open(Number(button.dataset.unit), convention());
    });
  }

  /** @param {MouseEvent} event  on the context of a word, which is read as a review */
  #read(event) {
    const link = closestTo(event, "a.occurrence-words");
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || isElsewhere) return;
    event.preventDefault();
    this.#box.close();
    this.#follow(/** @type {HTMLAnchorElement} */ (link).href);
  }

  /**
   * @param {number} unit
   * @param {Convention} convention
   */
  async open(unit, convention) {
    this.unit = unit;
    this.#onChange();
    byId("unit-heading").textContent = `Unit ${unit}`;
    byId("unit-body").replaceChildren();
    showProblem(byId("unit-problem"), null);
    if (!this.#box.open) this.#box.showModal();
    await this.#request.send(
      (signal) => fetchUnit(unit, convention, this.#model(), signal),
      (profile) => byId("unit-body").replaceChildren(...body(profile)),
    );
  }
}

/**
 * @param {UnitProfile} profile
 * @returns {HTMLElement[]}
 */
function body(profile) {
  const facts = element(
    "dl",
    { class: "unit-facts" },
    ...Object.entries(unitFacts(profile)).flatMap(([name, value]) => [
      element("dt", null, name),
      element("dd", null, value),
    ]),
  );
  const { places, measured, convention } = profile;
  if (!places || !measured) {
    return [facts, element("p", { class: "note" }, "This model comes without an index of where its units act.")];
  }
  const kinds = /** @type {(keyof UnitPlaces)[]} */ (Object.keys(PLACE_KINDS));
  const lists = kinds.map((kind) => {
    const { title, print } = PLACE_KINDS[kind];
    const items = places[kind].map((place) => occurrence(place, print(place.value), convention));
    return element("section", null, element("h3", null, title(convention)), element("ol", { class: "occurrences" }, ...items));
  });
  const origin = `${originText(measured)} A click on the words reads them as a review.`;
  return [facts, element("div", { class: "unit-places" }, ...lists), element("p", { class: "note" }, origin)];
}

/**
 * @param {Occurrence} place
 * @param {string} value
 * @param {Convention} convention
 */
function occurrence({ before, word, after }, value, convention) {
  const link = linkTo({ text: `${before}${word}${after}`.trim(), convention, display: {} });
  const words = [before, element("b", null, word), after];
  // Words without spaces between them can be too long for a link.
  const context = link === null
    ? element("span", { class: "occurrence-words" }, ...words)
    : element("a", { class: "occurrence-words", href: link }, ...words);
  return element("li", null, element("span", { class: "occurrence-value" }, value), context);
}
