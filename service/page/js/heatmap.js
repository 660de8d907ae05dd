/** One gate of many units as a heat map, units by tokens, with the active cell read out. */
import { byId, element, showProblem } from "./dom.js";
import { TokenFigure } from "./figure.js";
import { number } from "./format.js";
import { gateEnds, gateTitle, updateSymbol } from "./gates.js";
import { colour } from "./theme.js";

const ROW_PIXELS = { few: 11, many: 3 };
const FEW = 64;

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./gates.js").GateName} GateName
 */

/** @param {import("./api.js").Units} units */
const rowPixels = ({ ids }) => (ids.length <= FEW ? ROW_PIXELS.few : ROW_PIXELS.many);

export class HeatMap {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {GateName} */
  #gate = "reset";
  #order = "";
  #box = byId("heat");
  #figure;
  #selection;

  /**
   * @param {import("./selection.js").Selection} selection
   * @param {import("./axis.js").View} view
   */
  constructor(selection, view) {
    this.#selection = selection;
    this.#figure = new TokenFigure({
      box: this.#box,
      selection,
      view,
      labelled: true,
      draw: () => this.#drawing(),
      onPoint: ({ pointNumber: [row] }) => selection.lookAtUnit(row),
      markedRow: () => this.#markedRow(),
    });
    selection.subscribe(() => this.#read());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {Explanation} explanation  with its units
   * @param {string} order  how the rows are ordered, in words
   */
  async show(explanation, order) {
    this.#explanation = explanation;
    this.#order = order;
    showProblem(byId("heat-problem"), null);
    this.#box.hidden = false;
    await this.#redraw();
  }

  /** Forget a review that is no longer shown; its picture stays, dimmed, until the next is here. */
  clear() {
    this.#explanation = null;
    this.#read();
  }

  /** @param {{title: string, message: string}} problem  shown in the figure's place */
  fail(problem) {
    this.clear();
    this.#box.hidden = true;
    byId("heat-note").textContent = "";
    byId("heat-scale").replaceChildren();
    showProblem(byId("heat-problem"), problem);
  }

  /** @param {GateName} gate */
  async switchTo(gate) {
    this.#gate = gate;
    if (this.#explanation) await this.#redraw();
  }

  async #redraw() {
    this.#describe();
    this.#read();
    await this.#figure.show();
  }

  #drawing() {
    const { ids } = this.#explanation.units;
    const values = this.#explanation.units[this.#gate]; // (T, U)
    const every = ids.length <= FEW ? 1 : 16;
    const names = ids.map((id) => `unit ${id}`);
    return {
      traces: [
        {
          type: "heatmap",
          z: ids.map((_, row) => values.map((units) => units[row])), // (U, T)
          y: names,
          zmin: 0,
          zmax: 1,
          showscale: false,
          colorscale: [0, 0.5, 1].map((at, step) => [at, colour(`${this.#gate}-${step}`)]),
          hovertemplate: `%{y}: ${this.#gate} %{z:.3f}<extra></extra>`,
        },
      ],
      plotHeight: ids.length * rowPixels(this.#explanation.units),
      layout: {
        hovermode: "closest",
        yaxis: {
          type: "category",
          autorange: "reversed",
          fixedrange: true,
          tickvals: names.filter((_, row) => row % every === 0),
          ticktext: ids.filter((_, row) => row % every === 0).map(String),
          tickfont: { size: 9 },
          title: { text: "unit", standoff: 4 },
        },
      },
    };
  }

  /** The active unit's place. */
  #markedRow() {
    const { unit } = this.#selection.value;
    if (unit === null || !this.#explanation) return null;
    const height = rowPixels(this.#explanation.units);
    return { top: unit * height, height };
  }

  #describe() {
    const { convention, units } = this.#explanation;
    const title = gateTitle(this.#gate, convention);
    const [zero, one] = gateEnds(this.#gate, convention);
    const rows = `${units.ids.length} units, ${this.#order}`;
    byId("heat-note").textContent = `${title}. One column a token, one row a unit: ${rows}.`;
    byId("heat-scale").replaceChildren(
      element("span", null, zero),
      element("span", { class: `scale-ramp ${this.#gate}`, "aria-hidden": "true" }),
      element("span", null, one),
    );
  }

  /** Say all four numbers of the active cell. */
  #read() {
    const { unit } = this.#selection.value;
    const token = this.#selection.active;
    const units = this.#explanation?.units;
    if (!units || token === null || unit === null || unit >= units.ids.length) {
      byId("heat-readout").textContent = units ? "Point at a cell to read its unit." : "";
      byId("heat-unit").hidden = true;
      return;
    }
    const symbol = updateSymbol(this.#explanation.convention);
    const of = (name) => number(units[name][token][unit]);
    byId("heat-unit").hidden = false;
    byId("heat-unit").dataset.unit = String(units.ids[unit]);
    byId("heat-unit").textContent = `Unit ${units.ids[unit]} in other reviews`;
    byId("heat-readout").textContent =
      `Unit ${units.ids[unit]} at “${this.#explanation.tokens[token].text}”: reset r ${of("reset")}, ` +
      `update ${symbol} ${of("update")}, candidate ${of("candidate")}, new state ${of("hidden")}`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const units = this.#explanation?.units;
    if (!units || event.ctrlKey || event.metaKey || event.altKey) return;
    const selection = this.#selection;
    const { length: count } = this.#explanation.tokens;
    const token = selection.active ?? 0;
    const unit = selection.value.unit ?? -1;
    const act = {
      ArrowRight: () => selection.pin(Math.min(count - 1, token + 1), "figure"),
      ArrowLeft: () => selection.pin(Math.max(0, token - 1), "figure"),
      ArrowDown: () => selection.lookAtUnit(Math.min(units.ids.length - 1, unit + 1)),
      ArrowUp: () => selection.lookAtUnit(Math.max(0, unit - 1)),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    if (selection.active === null) selection.pin(token, "figure");
  }
}
