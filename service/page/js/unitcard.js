/** One hidden unit over many reviews: its memory, and the words at which it acts most. */
import { ApiProblem, fetchUnit } from "./api.js";
import { byId, element, showProblem } from "./dom.js";
import { count, number, plural, signed } from "./format.js";
import { updateSymbol } from "./gates.js";

/**
 * @typedef {import("./api.js").Convention} Convention
 * @typedef {import("./api.js").UnitProfile} UnitProfile
 * @typedef {import("./api.js").Occurrence} Occurrence
 */

/** The four kinds of places, in the order in which they are shown. */
const KINDS = {
  contributes: { title: () => "Moves the verdict most", print: signed },
  writes: { title: (symbol, low) => `Writes: ${symbol} ${low ? "lowest" : "highest"}`, print: gate },
  keeps: { title: (symbol, low) => `Keeps: ${symbol} ${low ? "highest" : "lowest"}`, print: gate },
  resets: { title: () => "Resets: r lowest", print: gate },
};

/** @param {number} value  with the decimals that the index has */
function gate(value) {
  return number(value, 5);
}

export class UnitCard {
  #box = /** @type {HTMLDialogElement} */ (byId("unit-card"));
  #asking = new AbortController();
  #onChange;
  /** The unit that is shown; null while the card is closed. @type {number | null} */
  unit = null;

  /**
   * Every button with `data-unit` on the page opens the card.
   * @param {() => Convention} convention
   * @param {() => void} onChange  called when it opens or closes
   */
  constructor(convention, onChange) {
    this.#onChange = onChange;
    this.#box.addEventListener("close", () => {
      this.#asking.abort();
      this.unit = null;
      onChange();
    });
    this.#box.addEventListener("keydown", (event) => event.stopPropagation());
    byId("unit-close").addEventListener("click", () => this.#box.close());
    this.#box.addEventListener("click", ({ target }) => target === this.#box && this.#box.close());
    document.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest?.("[data-unit]");
      if (button) this.open(Number(/** @type {HTMLElement} */ (button).dataset.unit), convention());
    });
  }

  /**
   * @param {number} unit
   * @param {Convention} convention
   */
  async open(unit, convention) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.unit = unit;
    this.#onChange();
    byId("unit-heading").textContent = `Unit ${unit}`;
    byId("unit-body").replaceChildren();
    showProblem(byId("unit-problem"), null);
    if (!this.#box.open) this.#box.showModal();
    this.#box.ariaBusy = "true";
    try {
      const profile = await fetchUnit(unit, convention, signal);
      byId("unit-body").replaceChildren(...body(profile));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      showProblem(byId("unit-problem"), error);
    } finally {
      if (!signal.aborted) this.#box.ariaBusy = "false";
    }
  }
}

/** @param {UnitProfile} profile */
function body({ head_weight: weight, mean_reset: reset, mean_update: update, half_life: life, convention, places, measured }) {
  const symbol = updateSymbol(convention);
  const side = weight > 0 ? "positive" : "negative";
  const facts = element(
    "dl",
    { class: "unit-facts" },
    ...fact("Memory", life === null ? "not measured" : `half is gone after ${number(life, 1)} tokens`),
    ...fact("Reset gate r", `${number(reset)} on average`),
    ...fact(`Update gate ${symbol}`, `${number(update)} on average`),
    ...fact("Head weight", `${signed(weight)}: a high state speaks for ${side}`),
  );
  if (!places) {
    return [facts, element("p", { class: "note" }, "This model comes without an index of where its units act.")];
  }
  const lists = Object.entries(KINDS).map(([kind, { title, print }]) =>
    element(
      "section",
      null,
      element("h3", null, title(symbol, convention === "pytorch")),
      element("ol", { class: "occurrences" }, ...places[kind].map((place) => occurrence(place, print))),
    ),
  );
  const origin =
    `Found in ${plural(measured.texts, "text")} (${measured.source}), ${count(measured.tokens)} tokens. ` +
    "Each word stands once, at its strongest. Memory follows from the average of ln z.";
  return [facts, element("div", { class: "unit-places" }, ...lists), element("p", { class: "note" }, origin)];
}

/**
 * @param {string} name
 * @param {string} value
 */
const fact = (name, value) => [element("dt", null, name), element("dd", null, value)];

/**
 * @param {Occurrence} place
 * @param {(value: number) => string} print
 */
const occurrence = ({ value, before, word, after }, print) =>
  element(
    "li",
    null,
    element("span", { class: "occurrence-value" }, print(value)),
    element("span", { class: "occurrence-words" }, before, element("b", null, word), after),
  );
