/** Charts along the tokens: running probability, contributions, and each gate over all units. */
import { element } from "./dom.js";
import { TokenFigure } from "./figure.js";
import { number, signed } from "./format.js";
import { gateNote, gateTitle } from "./gates.js";
import { colour } from "./theme.js";

const PLOT_HEIGHT = 96;

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Token} Token
 * @typedef {import("./gates.js").GateName} GateName
 *
 * @typedef {object} Row
 * @property {(explanation: Explanation) => string} title
 * @property {(explanation: Explanation) => string} note
 * @property {(token: Token) => string} reading  the number at one token
 * @property {(explanation: Explanation) => object[]} traces
 * @property {() => object} axis
 */

/** The y axis of a share: 0 to 1, with a little room for a line that lies on an end. */
export const shareAxis = () => ({
  range: [-0.03, 1.03],
  fixedrange: true,
  tickvals: [0, 0.5, 1],
  ticktext: ["0", "0.5", "1"],
  gridcolor: colour("line"),
  zeroline: false,
});

/** @type {Row} */
const PROBABILITY = {
  title: () => "Running P(positive)",
  note: () => "The head applied to the state after each token. Above 0.5 the verdict is positive.",
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
  reading: (token) => signed(token.contribution.total),
  traces: ({ tokens }) => {
    const values = tokens.map((token) => token.contribution.total);
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
 * @param {GateName} gate
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
const NO_LINE = { width: 0 };

/** @param {string} name */
const fill = (name) => ({ fill: "tonexty", fillcolor: colour(name) });

/**
 * A value holds for the whole width of its token, so the line goes in steps, not slopes.
 * @param {number[]} values
 * @param {object} style
 * @param {object} [area]
 */
export const line = (values, style, area) => ({
  mode: "lines",
  x: [-0.5, ...values.keys(), values.length - 0.5],
  y: [values[0], ...values, values.at(-1)],
  line: { shape: "hvh", ...style },
  hoverinfo: "none",
  ...area,
});

export class Charts {
  /** @type {Explanation | null} */
  #explanation = null;
  #rows;
  #selection;

  /**
   * @param {HTMLElement} container
   * @param {import("./selection.js").Selection} selection
   * @param {import("./axis.js").View} view
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
        draw: () => ({
          traces: row.traces(this.#explanation),
          plotHeight: PLOT_HEIGHT,
          layout: { hovermode: "x", yaxis: row.axis() },
        }),
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
      const [name, what] = [row.title(explanation), row.note(explanation)];
      title.textContent = name;
      note.textContent = what;
      box.ariaLabel = `${name} along the tokens: ${what} The numbers are in the table below.`;
    }
    this.#read();
    await Promise.all(this.#rows.map(({ figure }) => figure.show()));
  }

  /**
   * What is drawn now, as pictures.
   * @param {number} width
   * @returns {Promise<import("./picture.js").Chart[]>}
   */
  images(width) {
    const draw = async ({ row, figure }) => ({
      title: row.title(this.#explanation),
      ...(await figure.image(width)),
    });
    return Promise.all(this.#rows.map(draw));
  }

  /** Say each chart's value at the active token. */
  #read() {
    const token = this.#explanation?.tokens[this.#selection.active ?? -1];
    for (const { row, reading } of this.#rows) reading.textContent = token ? row.reading(token) : "";
  }
}
