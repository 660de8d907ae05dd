/** Two successive steps worked out side by side, for a few units: a calculation to redo by hand. */
import { explainStep } from "../core/api.js";
import { byId, element } from "../core/dom.js";
import { number } from "../core/format.js";
import { LatestRequest } from "../core/latest_request.js";
import { calculation, stepsShown } from "../explanation/calculation.js";
import { formulaParts } from "../explanation/formula.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Step} Step
 * @typedef {import("../core/types.js").StepUnit} StepUnit
 * @typedef {import("../explanation/calculation.js").Line} Line
 */

export class StepPanel {
  /** @type {Explanation | null} */
  #explanation = null;
  #box = /** @type {HTMLDetailsElement} */ (byId("step-panel"));
  #units = /** @type {HTMLInputElement} */ (byId("step-units"));
  #request = new LatestRequest(this.#box, byId("step-problem"), () => byId("step-table").replaceChildren());
  #selection;
  defaultUnits = this.#units.defaultValue;

  /**
   * @param {import("../core/selection.js").Selection} selection
   * @param {() => void} onChange  called when the reader opens or closes it, or names units
   */
  constructor(selection, onChange) {
    this.#selection = selection;
    const change = () => {
      onChange();
      this.#update();
    };
    this.#box.addEventListener("toggle", change);
    this.#units.addEventListener("change", change);
    selection.subscribe((state, before) => state.pinned !== before.pinned && this.#update());
  }

  /** @param {Explanation | null} explanation  null while another review is being read */
  show(explanation) {
    this.#explanation = explanation;
    this.#update();
  }

  /** The units to work out, as the API takes them. */
  get units() {
    return this.#units.value.trim();
  }

  set units(value) {
    this.#units.value = value;
  }

  /** Work out the steps of the pinned token. */
  async #update() {
    this.#request.abort();
    const token = this.#selection.value.pinned;
    const explanation = this.#explanation;
    if (!explanation || !this.#box.open) return;
    if (token === null) {
      byId("step-table").replaceChildren(element("p", { class: "note" }, "Pin a token to see its step."));
      return;
    }
    const { text, convention, tokens } = explanation;
    const { units } = this;
    await this.#request.send(
      (signal) =>
        Promise.all(
          stepsShown(token, tokens.length).map((step) => explainStep({ text, convention, step, units }, signal)),
        ),
      (steps) => render(steps, token),
    );
  }
}

/**
 * @param {Step[]} steps
 * @param {number} pinned
 */
function render(steps, pinned) {
  const [{ convention, notation, decimals, units }] = steps;
  const equations = [notation.reset, notation.update, notation.candidate, notation.hidden];
  byId("step-equations").replaceChildren(...equations.map((text) => element("p", null, formula(text))));
  byId("step-table").replaceChildren(
    ...units.map((_, index) => unitTable(steps, index, calculation(convention), decimals, pinned)),
  );
}

/**
 * @param {Step[]} steps
 * @param {number} index  of the unit
 * @param {[string, Line[]][]} parts
 * @param {number} decimals
 * @param {number} pinned  token whose column is marked
 */
function unitTable(steps, index, parts, decimals, pinned) {
  const units = steps.map((step) => step.units[index]);
  const heads = steps.map(({ step, token }) =>
    element(
      "th",
      { scope: "col", class: step === pinned ? "pinned" : "" },
      element("span", { class: "step-word" }, token.text),
      element("span", { class: "step-place" }, `token ${step + 1}`),
    ),
  );
  const bodies = parts.map(([name, lines]) =>
    element(
      "tbody",
      null,
      element("tr", { class: "part" }, element("th", { colspan: String(steps.length + 1), scope: "rowgroup" }, name)),
      ...lines.map((line) => lineRow(line, units, decimals)),
    ),
  );
  const { unit } = units[0];
  const caption = element("button", { type: "button", class: "plain", "data-unit": String(unit) }, `Unit ${unit}`);
  return element(
    "table",
    { class: "calculation" },
    element("caption", null, caption),
    element("thead", null, element("tr", null, element("td", null), ...heads)),
    ...bodies,
  );
}

/**
 * @param {Line} line
 * @param {StepUnit[]} units  one unit at each step
 * @param {number} decimals
 */
const lineRow = ({ formula: text, kind, value }, units, decimals) =>
  element(
    "tr",
    { class: kind ?? "" },
    element("th", { scope: "row" }, formula(text)),
    ...units.map((unit) => element("td", { class: kind ?? "" }, number(value(unit), decimals))),
  );

/** @param {string} text  such as "W_hr h_{t−1} + b_hr" */
const formula = (text) =>
  element(
    "span",
    { class: "eq" },
    ...formulaParts(text).map(({ text: part, isSubscript }) => (isSubscript ? element("sub", null, part) : part)),
  );
