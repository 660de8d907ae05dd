/** One gate of many units as a heat map, units by tokens, with the numbers of the active cell. */
import { byId, element } from "../core/dom.js";
import { number } from "../core/format.js";
import { hasModifier, nextCell } from "../core/keyboard.js";
import { gateEnds, gateTitle, updateSymbol } from "../explanation/gates.js";
import { cellsImage } from "./cells_image.js";
import { labelledRows, rowPixels } from "./grid.js";
import { svg } from "./svg.js";
import { colour } from "./theme.js";
import { TokenFigure } from "./token_figure.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Units} Units
 * @typedef {import("../core/types.js").Gate} Gate
 */

export class HeatMap {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Gate} */
  #gate = "reset";
  #order = "";
  #box = byId("heat");
  #figure;
  #selection;

  /**
   * @param {import("../core/selection.js").Selection} selection
   * @param {import("../core/view.js").View} view
   */
  constructor(selection, view) {
    this.#selection = selection;
    this.#figure = new TokenFigure({
      box: this.#box,
      selection,
      view,
      labelled: true,
      draw: () => this.#units && this.#drawing(this.#units),
      onPoint: (y) => this.#selectRow(y),
      markedRow: () => this.#markedRow(),
    });
    selection.subscribe(() => this.#read());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {Explanation} explanation  with its units
   * @param {string} order  how the rows are ordered, in words
   */
  show(explanation, order) {
    this.#explanation = explanation;
    this.#order = order;
    this.#box.hidden = false;
    this.#redraw();
  }

  /** Drop a review that is no longer shown. Its picture stays, dimmed, until the next is drawn. */
  clear() {
    this.#explanation = null;
    this.#read();
  }

  /** Hide the figure, because there are no values to show. */
  hide() {
    this.clear();
    this.#box.hidden = true;
    byId("heat-note").textContent = "";
    byId("heat-scale").replaceChildren();
  }

  /** @param {Gate} gate */
  switchTo(gate) {
    this.#gate = gate;
    this.#redraw();
  }

  get #units() {
    return this.#explanation?.units ?? null;
  }

  #redraw() {
    if (!this.#explanation || !this.#units) return;
    this.#describe(this.#explanation, this.#units);
    this.#read();
    this.#figure.show();
  }

  /**
   * @param {Units} units
   * @returns {import("./plot.js").Drawing}
   */
  #drawing(units) {
    const count = units.ids.length;
    const ramp = [0, 1, 2].map((step) => colour(`${this.#gate}-${step}`));
    return {
      plotHeight: count * rowPixels(count),
      domain: [count, 0],
      ticks: labelledRows(count).map((row) => ({ value: row + 0.5, text: String(units.ids[row]) })),
      isRuled: false,
      axisTitle: "unit",
      shapes: ({ range }, size) => [
        svg("image", {
          ...size,
          href: cellsImage(units[this.#gate], range, count, ramp),
          preserveAspectRatio: "none",
          class: "cells",
        }),
      ],
    };
  }

  /** @param {number} y  in pixels below the top of the plot */
  #selectRow(y) {
    const count = this.#units?.ids.length ?? 0;
    const row = Math.floor(y / rowPixels(count));
    if (row < count) this.#selection.selectUnit(row);
  }

  /** The place of the active unit. */
  #markedRow() {
    const { unit } = this.#selection.value;
    if (unit === null || !this.#units) return null;
    const height = rowPixels(this.#units.ids.length);
    return { top: unit * height, height };
  }

  /**
   * @param {Explanation} explanation
   * @param {Units} units
   */
  #describe({ convention }, { ids }) {
    const [zero, one] = gateEnds(this.#gate, convention);
    byId("heat-note").textContent =
      `${gateTitle(this.#gate, convention)}. One column a token, one row a unit: ${ids.length} units, ${this.#order}.`;
    byId("heat-scale").replaceChildren(
      element("span", null, zero),
      element("span", { class: `scale-ramp ${this.#gate}`, "aria-hidden": "true" }),
      element("span", null, one),
    );
  }

  /** Print all four numbers of the active cell. */
  #read() {
    const explanation = this.#explanation;
    const units = this.#units;
    const { unit } = this.#selection.value;
    const token = this.#selection.active;
    if (!explanation || !units || token === null || unit === null || unit >= units.ids.length) {
      byId("heat-readout").textContent = units ? "Point at a cell to read its unit." : "";
      byId("heat-unit").hidden = true;
      return;
    }
    const symbol = updateSymbol(explanation.convention);
    /** @param {"reset" | "update" | "candidate" | "hidden"} name */
    const valueOf = (name) => number(units[name][token][unit]);
    byId("heat-unit").hidden = false;
    byId("heat-unit").dataset.unit = String(units.ids[unit]);
    byId("heat-unit").textContent = `Unit ${units.ids[unit]} in other reviews`;
    byId("heat-readout").textContent =
      `Unit ${units.ids[unit]} at “${explanation.tokens[token].text}”: reset r ${valueOf("reset")}, ` +
      `update ${symbol} ${valueOf("update")}, candidate ${valueOf("candidate")}, new state ${valueOf("hidden")}`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#explanation || !this.#units || hasModifier(event)) return;
    const selection = this.#selection;
    const size = { tokens: this.#explanation.tokens.length, units: this.#units.ids.length };
    const from = { token: selection.active, unit: selection.value.unit };
    const move = nextCell(event.key, from, size);
    if (!move) return;
    event.preventDefault();
    if (move.unit !== undefined) selection.selectUnit(move.unit);
    const token = move.token ?? (from.token === null ? 0 : undefined);
    if (token !== undefined) selection.pin(token, "figure");
  }
}
