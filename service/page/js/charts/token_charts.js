/** Charts along the tokens: running probability, attributions, and each gate over all units. */
import { element } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { gateNote, gateTitle } from "../explanation/gates.js";
import { shareOf } from "../explanation/words.js";
import { filled, stroked } from "./plot.js";
import { SHARE_AXIS, roundTicks, signedDomain } from "./scales.js";
import { bandPath, barsPath, linePath, trianglesPath } from "./shapes.js";
import { TokenFigure } from "./token_figure.js";

const PLOT_HEIGHT = 96;

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Token} Token
 *
 * @typedef {object} Row
 * @property {(explanation: Explanation) => string} title
 * @property {(explanation: Explanation) => string} note
 * @property {(token: Token) => string} reading  the number at one token
 * @property {(explanation: Explanation) => Omit<import("./plot.js").Drawing, "plotHeight">} drawing
 */

/** @type {Row} */
const PROBABILITY = {
  title: () => "Running P(positive)",
  note: () => "The head applied to the state after each token. Above 0.5 the prediction is positive.",
  reading: (token) => number(token.running_probability),
  drawing: ({ tokens }) => {
    const values = tokens.map((token) => token.running_probability);
    const half = tokens.map(() => 0.5);
    const flips = tokens.flatMap(({ flags }, index) => (flags.includes("flip") ? [index] : []));
    const [up, down] = [flips.filter((index) => values[index] > 0.5), flips.filter((index) => values[index] <= 0.5)];
    return {
      ...SHARE_AXIS,
      shapes: (scales) => [
        stroked(linePath(half, scales), "line-strong", 1),
        filled(bandPath(half, values.map((value) => Math.max(value, 0.5)), scales), "positive-fill"),
        filled(bandPath(values.map((value) => Math.min(value, 0.5)), half, scales), "negative-fill"),
        stroked(linePath(values, scales), "ink", 1.75),
        filled(trianglesPath(up, values, scales), "positive"),
        filled(trianglesPath(down, values, scales), "negative"),
      ],
    };
  },
};

/** @type {Row} */
const SHARES = {
  title: ({ attribution }) => (attribution === null ? "Contribution" : "Attribution"),
  note: ({ attribution }) =>
    attribution === null
      ? "What each token’s write still adds to the logit at the end. With the bias, the bars sum to it."
      : "Each token’s share of the logit, with what it did to later gates. With the bias, the bars sum to it.",
  reading: (token) => signed(shareOf(token)),
  drawing: ({ tokens }) => {
    const values = tokens.map(shareOf);
    const domain = signedDomain(values);
    return {
      domain,
      ticks: roundTicks(domain),
      isRuled: true,
      shapes: (scales, { width }) => [
        stroked(`M0 ${scales.y(0)}h${width}`, "line-strong", 1),
        filled(barsPath(values, (value) => value > 0, scales), "positive"),
        filled(barsPath(values, (value) => value <= 0, scales), "negative"),
      ],
    };
  },
};

/**
 * @param {import("../core/types.js").Gate} gate
 * @returns {Row}
 */
const gateRow = (gate) => ({
  title: ({ convention }) => gateTitle(gate, convention),
  note: ({ convention }) => `Mean of all units, band of the middle 80 % of them. ${gateNote(gate, convention)}`,
  reading: (token) => `mean ${number(token[gate].mean)}`,
  drawing: ({ tokens }) => {
    /** @param {"low" | "high" | "mean"} name */
    const values = (name) => tokens.map((token) => token[gate][name]);
    const [low, high, mean] = [values("low"), values("high"), values("mean")];
    return {
      ...SHARE_AXIS,
      shapes: (scales) => [
        filled(bandPath(low, high, scales), `${gate}-fill`),
        stroked(linePath(mean, scales), gate, 2),
      ],
    };
  },
});

const ROWS = [PROBABILITY, SHARES, gateRow("reset"), gateRow("update")];

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
        draw: () => this.#explanation && { ...row.drawing(this.#explanation), plotHeight: PLOT_HEIGHT },
      });
      return { row, title, note, reading, box, figure };
    });
    selection.subscribe(() => this.#read());
  }

  get plotWidth() {
    return this.#rows[0].figure.plotWidth;
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#explanation = explanation;
    for (const { row, title, note, box } of this.#rows) {
      const [name, meaning] = [row.title(explanation), row.note(explanation)];
      title.textContent = name;
      note.textContent = meaning;
      box.ariaLabel = `${name} along the tokens: ${meaning} The numbers are in the table below.`;
    }
    this.#read();
    for (const { figure } of this.#rows) figure.show();
  }

  /**
   * The charts as pictures.
   * @param {Explanation} explanation  the one that is shown
   * @param {number} width
   * @returns {import("./picture.js").Chart[]}
   */
  images(explanation, width) {
    return this.#rows.flatMap(({ row, figure }) => {
      const image = figure.image(width);
      return image ? [{ title: row.title(explanation), ...image }] : [];
    });
  }

  /** Print each chart's value at the active token. */
  #read() {
    const token = this.#explanation?.tokens[this.#selection.active ?? -1];
    for (const { row, reading } of this.#rows) reading.textContent = token ? row.reading(token) : "";
  }
}
