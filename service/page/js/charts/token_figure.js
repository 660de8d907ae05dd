/** One Plotly figure with the tokens along its x axis: hover, click, marks, zoom, size and theme. */
import { element } from "../core/dom.js";
import { oncePerFrame } from "../core/scheduling.js";
import { labelPixels, tokenAxis } from "./axis.js";
import { loadPlotly } from "./plotly.js";
import { coarsePointer, colour, onThemeChange } from "./theme.js";

const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false };
const MARGIN = { left: 44, right: 12, bare: 6 };

/**
 * @typedef {import("./plotly.js").PlotPoint} PlotPoint
 * @typedef {{traces: object[], plotHeight: number, layout: object}} Drawing
 * @typedef {{url: string, width: number, height: number}} FigureImage
 * @typedef {Partial<Record<"left" | "top" | "width" | "height", number>>} Box  in pixels of the figure
 *
 * @typedef {object} Options
 * @property {HTMLElement} box
 * @property {import("../core/selection.js").Selection} selection
 * @property {import("../core/view.js").View} view
 * @property {boolean} labelled  whether there are words or numbers under the axis
 * @property {() => Drawing | null} draw  called again when view, theme or size change; null before
 *   there is anything to draw
 * @property {(point: PlotPoint) => void} [onPoint]  called for the data point under the pointer
 * @property {() => {top: number, height: number} | null} [markedRow]  in pixels of the plot
 */

export class TokenFigure {
  #options;
  /** @type {import("./plotly.js").Plotly | null} */
  #Plotly = null;
  /** @type {readonly string[]} */
  #words = [];
  #width = 0;
  #plotHeight = 0;
  #listening = false;
  #plot = element("div", null);
  // Marks are elements over the plot: moving a shape within Plotly takes tens of milliseconds.
  #marks = {
    pinned: element("span", { class: "mark pinned" }),
    active: element("span", { class: "mark active" }),
    row: element("span", { class: "mark row" }),
  };

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const { box, selection, view } = options;
    box.append(this.#plot, element("div", { class: "marks", "aria-hidden": "true" }, ...Object.values(this.#marks)));
    const redraw = oncePerFrame(() => this.#draw());
    selection.subscribe(oncePerFrame(() => this.#mark()));
    view.subscribe(redraw);
    onThemeChange(redraw);
    new ResizeObserver(() => {
      if (box.clientWidth !== this.#width) redraw();
    }).observe(box);
  }

  /** Draw the review that is in the view now. */
  async show() {
    this.#Plotly = await loadPlotly();
    this.#words = this.#options.view.words;
    await this.#draw();
  }

  /**
   * The figure as a picture, without marks.
   * @param {number} width
   * @returns {Promise<FigureImage>}
   */
  async image(width) {
    const Plotly = await loadPlotly();
    const height = this.#plot.offsetHeight;
    const url = await Plotly.toImage(this.#plot, { format: "png", width, height, scale: 2 });
    return { url, width, height };
  }

  get plotWidth() {
    return this.#options.box.clientWidth - MARGIN.left - MARGIN.right;
  }

  /** Whether the figure has data of the review in the view, and is visible. */
  get #isCurrent() {
    const { box, view } = this.#options;
    return this.#words.length > 0 && this.#words === view.words && box.clientWidth > 0;
  }

  async #draw() {
    const { box, draw } = this.#options;
    this.#width = box.clientWidth;
    const drawing = this.#isCurrent ? draw() : null;
    if (!this.#Plotly || !drawing) return;
    const { traces, plotHeight, layout } = drawing;
    this.#plotHeight = plotHeight;
    await this.#Plotly.react(this.#plot, traces, { ...this.#baseLayout(), ...layout }, CONFIG);
    this.#mark();
    if (!this.#listening) this.#listen();
  }

  #baseLayout() {
    const { labelled, view } = this.#options;
    const below = labelled ? labelPixels(view.value, this.#words, this.plotWidth) : MARGIN.bare;
    return {
      width: this.#width,
      height: MARGIN.bare + this.#plotHeight + below,
      margin: { l: MARGIN.left, r: MARGIN.right, t: MARGIN.bare, b: below },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: colour("plot"),
      font: { family: colour("sans"), size: 11, color: colour("ink-2") },
      dragmode: coarsePointer.matches ? false : "zoom",
      hoverdistance: -1,
      showlegend: false,
      xaxis: {
        ...tokenAxis(view.value, this.#words, this.plotWidth),
        tickmode: "array",
        showticklabels: labelled,
        ticks: labelled ? "outside" : "",
        ticklen: 3,
        tickcolor: colour("line"),
        showgrid: false,
        zeroline: false,
      },
      hoverlabel: {
        bgcolor: colour("ink"),
        bordercolor: colour("ink"),
        font: { family: colour("sans"), size: 12, color: colour("surface") },
      },
    };
  }

  /** Move the marks to the active token, the pinned token and the chosen row. */
  #mark() {
    if (!this.#isCurrent) return;
    const { selection, markedRow } = this.#options;
    const row = markedRow?.() ?? null;
    const { pinned } = selection.value;
    place(this.#marks.active, this.#column(selection.active));
    place(this.#marks.pinned, pinned === selection.active ? null : this.#column(pinned));
    const wide = { left: MARGIN.left, width: this.plotWidth };
    place(this.#marks.row, row && { ...wide, top: MARGIN.bare + row.top, height: row.height });
  }

  /**
   * The column of a token.
   * @param {number | null} token
   * @returns {Box | null} null if it is not in view
   */
  #column(token) {
    const { view } = this.#options;
    if (token === null || !view.contains(token)) return null;
    const { first, last } = view.value;
    const step = this.plotWidth / (last - first + 1);
    const left = MARGIN.left + (token - first) * step;
    return { left, top: MARGIN.bare, width: Math.max(2, step), height: this.#plotHeight };
  }

  #listen() {
    this.#listening = true;
    const { selection, view, onPoint } = this.#options;
    const plot = /** @type {import("./plotly.js").PlotElement} */ (/** @type {unknown} */ (this.#plot));
    /** @param {PlotPoint} point */
    const tokenAt = ({ x }) => Math.max(0, Math.min(this.#words.length - 1, Math.round(x)));
    plot.on("plotly_hover", ({ points: [point] }) => {
      onPoint?.(point);
      selection.hover(tokenAt(point), "figure");
    });
    plot.on("plotly_unhover", () => selection.hover(null, "figure"));
    plot.on("plotly_click", ({ points: [point] }) => {
      onPoint?.(point);
      selection.toggle(tokenAt(point), "figure");
    });
    plot.on("plotly_doubleclick", () => view.showAll());
    plot.on("plotly_relayout", (change) => {
      const [from, to] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (from !== undefined) view.showRange(from + 0.5, to - 0.5);
    });
  }
}

/**
 * @param {HTMLElement} mark
 * @param {Box | null} box  null hides the mark
 */
function place(mark, box) {
  mark.hidden = box === null;
  for (const [side, pixels] of Object.entries(box ?? {})) mark.style.setProperty(side, `${pixels}px`);
}
