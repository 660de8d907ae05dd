/** Two successive steps worked out side by side, for a few units: a calculation to redo by hand. */
import { ApiProblem, explainStep } from "./api.js";
import { byId, element, showProblem } from "./dom.js";
import { formula } from "./formula.js";
import { number } from "./format.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Step} Step
 * @typedef {import("./api.js").StepUnit} StepUnit
 * @typedef {{formula: string, kind?: "sum" | "result", value: (unit: StepUnit) => number}} Line
 */

/** What each convention calls the update gate, and how it mixes. */
const UPDATE = {
  pytorch: { gate: "z_t = σ(sum)", written: "(1 − z_t) × n_t", kept: "+ z_t × h_{t−1}" },
  course: { gate: "u_t = 1 − σ(sum)", written: "u_t × n_t", kept: "+ (1 − u_t) × h_{t−1}" },
};

/**
 * @param {string} name  r or z, as in the weights' own names
 * @param {"reset" | "update"} gate
 * @param {string} result
 * @returns {Line[]}
 */
const gateLines = (name, gate, result) => [
  { formula: `W_i${name} x_t`, value: (unit) => unit[gate].from_word },
  { formula: `+ b_i${name}`, value: (unit) => unit[gate].word_bias },
  { formula: `+ W_h${name} h_{t−1}`, value: (unit) => unit[gate].from_state },
  { formula: `+ b_h${name}`, value: (unit) => unit[gate].state_bias },
  { formula: "= sum", kind: "sum", value: (unit) => unit[gate].total },
  { formula: result, kind: "result", value: (unit) => unit[gate].value },
];

/**
 * The calculation, in the order in which it is done.
 * @param {import("./api.js").Convention} convention
 * @returns {[string, Line[]][]}
 */
const calculation = (convention) => [
  ["Old state", [{ formula: "h_{t−1}", value: (unit) => unit.before }]],
  ["Reset gate", gateLines("r", "reset", "r_t = σ(sum)")],
  ["Update gate", gateLines("z", "update", UPDATE[convention].gate)],
  [
    "Candidate",
    [
      { formula: "W_in x_t", value: (unit) => unit.candidate.from_word },
      { formula: "+ b_in", value: (unit) => unit.candidate.word_bias },
      { formula: "= word", kind: "sum", value: (unit) => unit.candidate.word },
      { formula: "W_hn h_{t−1}", value: (unit) => unit.candidate.from_state },
      { formula: "+ b_hn", value: (unit) => unit.candidate.state_bias },
      { formula: "= state", kind: "sum", value: (unit) => unit.candidate.state },
      { formula: "r_t × state", value: (unit) => unit.candidate.recalled },
      { formula: "= word + r_t × state", kind: "sum", value: (unit) => unit.candidate.total },
      { formula: "n_t = tanh(that sum)", kind: "result", value: (unit) => unit.candidate.value },
    ],
  ],
  [
    "New state",
    [
      { formula: UPDATE[convention].written, value: (unit) => unit.written },
      { formula: UPDATE[convention].kept, value: (unit) => unit.kept },
      { formula: "= h_t", kind: "result", value: (unit) => unit.after },
    ],
  ],
];

export class StepView {
  /** @type {Explanation | null} */
  #explanation = null;
  #asking = new AbortController();
  #box = /** @type {HTMLDetailsElement} */ (byId("step-panel"));
  #units = /** @type {HTMLInputElement} */ (byId("step-units"));
  #selection;
  defaultUnits = this.#units.defaultValue;

  /**
   * @param {import("./selection.js").Selection} selection
   * @param {() => void} onChange  called when the reader opens or closes it, or names units
   */
  constructor(selection, onChange) {
    this.#selection = selection;
    const change = () => {
      onChange();
      this.#ask();
    };
    this.#box.addEventListener("toggle", change);
    this.#units.addEventListener("change", change);
    selection.subscribe((look, before) => look.pinned !== before.pinned && this.#ask());
  }

  /** @param {Explanation | null} explanation  null while another review is on its way */
  show(explanation) {
    this.#explanation = explanation;
    this.#ask();
  }

  /** Units asked for, in the API's words. */
  get units() {
    return this.#units.value.trim();
  }

  set units(value) {
    this.#units.value = value;
  }

  /** Work out the pinned token's step and the next one, or the one before the last. */
  async #ask() {
    this.#asking.abort();
    this.#box.ariaBusy = "false";
    const token = this.#selection.value.pinned;
    const explanation = this.#explanation;
    if (!explanation || !this.#box.open) return;
    if (token === null) {
      byId("step-table").replaceChildren(element("p", { class: "note" }, "Pin a token to see its step."));
      return;
    }
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { text, convention, tokens } = explanation;
    const first = Math.max(0, Math.min(token, tokens.length - 2));
    const steps = [first, first + 1].filter((step) => step < tokens.length);
    const work = (step) => explainStep({ text, convention, step, units: this.units }, signal);
    this.#box.ariaBusy = "true";
    try {
      const worked = await Promise.all(steps.map(work));
      showProblem(byId("step-problem"), null);
      this.#render(worked, token);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      byId("step-table").replaceChildren();
      showProblem(byId("step-problem"), error);
    } finally {
      if (!signal.aborted) this.#box.ariaBusy = "false";
    }
  }

  /**
   * @param {Step[]} steps
   * @param {number} pinned
   */
  #render(steps, pinned) {
    const [{ convention, notation, decimals, units }] = steps;
    const equations = [notation.reset, notation.update, notation.candidate, notation.hidden];
    byId("step-equations").replaceChildren(...equations.map((text) => element("p", null, formula(text))));
    byId("step-table").replaceChildren(
      ...units.map((_, index) => unitTable(steps, index, calculation(convention), decimals, pinned)),
    );
  }
}

/**
 * @param {Step[]} steps
 * @param {number} index  of the unit
 * @param {[string, Line[]][]} parts
 * @param {number} decimals
 * @param {number} pinned  token whose column is marked
 */
function unitTable(steps, index, parts, decimals, pinned) {
  const columns = steps.map(({ step, token, units }) => ({ step, token, unit: units[index] }));
  const heads = columns.map(({ step, token }) =>
    element(
      "th",
      { scope: "col", class: step === pinned ? "pinned" : "" },
      element("span", { class: "step-word" }, token.text),
      element("span", { class: "step-place" }, `token ${step + 1}`),
    ),
  );
  const cell = ({ unit }, { kind = "", value }) =>
    element("td", { class: kind }, number(value(unit), decimals));
  const bodies = parts.map(([name, lines]) =>
    element(
      "tbody",
      null,
      element("tr", { class: "part" }, element("th", { colspan: String(columns.length + 1), scope: "rowgroup" }, name)),
      ...lines.map((line) =>
        element(
          "tr",
          { class: line.kind ?? "" },
          element("th", { scope: "row" }, formula(line.formula)),
          ...columns.map((column) => cell(column, line)),
        ),
      ),
    ),
  );
  const { unit } = columns[0].unit;
  const caption = element("button", { type: "button", class: "plain", "data-unit": String(unit) }, `Unit ${unit}`);
  return element(
    "table",
    { class: "calculation" },
    element("caption", null, caption),
    element("thead", null, element("tr", null, element("td", null), ...heads)),
    ...bodies,
  );
}
