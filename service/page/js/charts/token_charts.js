/** Charts along the tokens: running probability, contributions, and each gate over all units. */
import { element } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { gateNote, gateTitle } from "../explanation/gates.js";
import { colour } from "./theme.js";
import { TokenFigure } from "./token_figure.js";
import { line, shareAxis } from "./traces.js";

const PLOT_HEIGHT = 96;
const NO_LINE = { width: 0 };

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Token} Token
 *
 * @typedef {object} Row
 * @property {(explanation: Explanation) => string} title
 * @property {(explanation: Explanation) => string} note
 * @property {(token: Token) => string} reading  the number at one token
 * @property {(explanation: Explanation) => object[]} traces
 * @property {() => object} axis
 */

/** @param {string} name  of a colour */
const fill = (name) => ({ fill: "tonexty", fillcolor: colour(name) });

/** @type {Row} */
const PROBABILITY = {
  title: () => "Running P(positive)",
  note: () => "The head applied to the state after each token. Above 0.5 the prediction is positive.",
  reading: (token) => number(token.running_probability),
  traces: ({ tokens }) => {
    const values = tokens.map((token) => token.running_probability);
    const half = tokens.map(() => 0.5);
    const flips = tokens.flatMap(({ flags }, index) => (flags.includes("flip") ? [index] : []));
    return [
      line(half, { color: colour("line-strong"), width: 1 }),
      line(values.map((value) => Math.max(value, 0.5)), NO_LINE, fill("positive-fill")),
      line(half, NO_LINE),
      line(values.map((value) => Math.min(value, 0.5)), NO_LINE, fill("negative-fill")),
      line(values, { color: colour("ink"), width: 1.75 }),
      {
        mode: "markers",
        x: flips,
        y: flips.map((index) => values[index]),
        hoverinfo: "none",
        cliponaxis: false,
        marker: {
          size: 9,
          color: flips.map((index) => colour(values[index] > 0.5 ? "positive" : "negative")),
          symbol: flips.map((index) => (values[index] > 0.5 ? "triangle-up" : "triangle-down")),
        },
      },
    ];
  },
  axis: shareAxis,
};

/** @type {Row} */
const CONTRIBUTION = {
  title: () => "Contribution",
  note: () => "What each token’s write still adds to the logit at the end. With the bias, the bars sum to it.",
  reading: (token) => signed(token.decomposition.total),
  traces: ({ tokens }) => {
    const values = tokens.map((token) => token.decomposition.total);
    return [
      {
        type: "bar",
        x: values.map((_, index) => index),
        y: values,
        width: 0.8,
        hoverinfo: "none",
        marker: { color: values.map((value) => colour(value > 0 ? "positive" : "negative")) },
      },
    ];
  },
  axis: () => ({ fixedrange: true, nticks: 4, gridcolor: colour("line"), zerolinecolor: colour("line-strong") }),
};

/**
 * @param {import("../core/types.js").Gate} gate
 * @returns {Row}
 */
const gateRow = (gate) => ({
  title: ({ convention }) => gateTitle(gate, convention),
  note: ({ convention }) => `Mean of all units, band from least to greatest. ${gateNote(gate, convention)}`,
  reading: (token) => `mean ${number(token[gate].mean)}`,
  traces: ({ tokens }) => [
    line(tokens.map((token) => token[gate].min), NO_LINE),
    line(tokens.map((token) => token[gate].max), NO_LINE, fill(`${gate}-fill`)),
    line(tokens.map((token) => token[gate].mean), { color: colour(gate), width: 2 }),
  ],
  axis: shareAxis,
});

const ROWS = [PROBABILITY, CONTRIBUTION, gateRow("reset"), gateRow("update")];

export class TokenCharts {
  /** @type {Explanation | null} */
  #explanation = null;
  #rows;
  #selection;

  /**
   * @param {HTMLElement} container
   * @param {import("../core/selection.js").Selection} selection
   * @param {import("../core/view.js").View} view
   */
  constructor(container, selection, view) {
    this.#selection = selection;
    this.#rows = ROWS.map((row, index) => {
      const title = element("span", { class: "row-title" });
      const note = element("span", { class: "row-note" });
      const reading = element("span", { class: "row-reading" });
      const box = element("div", { class: "figure", role: "img" });
      container.append(element("div", { class: "row-head" }, title, reading, note), box);
      const figure = new TokenFigure({
        box,
        selection,
        view,
        labelled: index === ROWS.length - 1,
        draw: () =>
          this.#explanation && {
            traces: row.traces(this.#explanation),
            plotHeight: PLOT_HEIGHT,
            layout: { hovermode: "x", yaxis: row.axis() },
          },
      });
      return { row, title, note, reading, box, figure };
    });
    selection.subscribe(() => this.#read());
  }

  get plotWidth() {
    return this.#rows[0].figure.plotWidth;
  }

  /** @param {Explanation} explanation */
  async show(explanation) {
    this.#explanation = explanation;
    for (const { row, title, note, box } of this.#rows) {
      const [name, meaning] = [row.title(explanation), row.note(explanation)];
      title.textContent = name;
      note.textContent = meaning;
      box.ariaLabel = `${name} along the tokens: ${meaning} The numbers are in the table below.`;
    }
    this.#read();
    await Promise.all(this.#rows.map(({ figure }) => figure.show()));
  }

  /**
   * The charts as pictures.
   * @param {Explanation} explanation  the one that is shown
   * @param {number} width
   * @returns {Promise<import("./picture.js").Chart[]>}
   */
  images(explanation, width) {
    return Promise.all(
      this.#rows.map(async ({ row, figure }) => ({ title: row.title(explanation), ...(await figure.image(width)) })),
    );
  }

  /** Print each chart's value at the active token. */
  #read() {
    const token = this.#explanation?.tokens[this.#selection.active ?? -1];
    for (const { row, reading } of this.#rows) reading.textContent = token ? row.reading(token) : "";
  }
}
