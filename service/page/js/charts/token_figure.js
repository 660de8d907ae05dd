/** A figure with the tokens along its x axis: hover, click, marks, zoom, size and theme. */
import { element } from "../core/dom.js";
import { oncePerFrame } from "../core/scheduling.js";
import { MARGIN, plotOf } from "./plot.js";
import { onThemeChange } from "./theme.js";

/** A pointer that moves less while it is pressed clicks; one that moves more chooses a range. */
const DRAG_PIXELS = 5;

/**
 * @typedef {import("./plot.js").Drawing} Drawing
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
 * @property {(y: number) => void} [onPoint]  called with the place of the pointer, in pixels below the
 *   top of the plot
 * @property {() => {top: number, height: number} | null} [markedRow]  in pixels of the plot
 */

export class TokenFigure {
  #options;
  /** @type {readonly string[]} */
  #words = [];
  #width = 0;
  #plotHeight = 0;
  #plot = element("div", null);
  #marks = {
    pinned: element("span", { class: "mark pinned" }),
    active: element("span", { class: "mark active" }),
    row: element("span", { class: "mark row" }),
    dragged: element("span", { class: "mark dragged" }),
  };
  /**
   * Where a pressed pointer went down, and where it is; in tokens.
   * @type {{x: number, from: number, to: number, isRange: boolean} | null}
   */
  #drag = null;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const { box, selection, view } = options;
    box.append(this.#plot, element("div", { class: "marks", "aria-hidden": "true" }, ...Object.values(this.#marks)));
    for (const mark of Object.values(this.#marks)) mark.hidden = true;
    const redraw = oncePerFrame(() => this.#draw());
    selection.subscribe(oncePerFrame(() => this.#mark()));
    view.subscribe(redraw);
    onThemeChange(redraw);
    new ResizeObserver(() => {
      if (box.clientWidth !== this.#width) redraw();
    }).observe(box);
    this.#listen();
  }

  /** Draw the review that is in the view now. */
  show() {
    this.#words = this.#options.view.words;
    this.#draw();
  }

  /**
   * The figure as a picture, without marks.
   * @param {number} width
   * @returns {FigureImage | null} null if nothing is drawn
   */
  image(width) {
    const drawing = this.#options.draw();
    if (!drawing) return null;
    const plot = this.#plotOf(drawing, width);
    const code = new XMLSerializer().serializeToString(plot);
    return { url: `data:image/svg+xml,${encodeURIComponent(code)}`, width, height: plot.height.baseVal.value };
  }

  get plotWidth() {
    return this.#options.box.clientWidth - MARGIN.left - MARGIN.right;
  }

  /** Whether the figure has data of the review in the view, and is visible. */
  get #isCurrent() {
    const { box, view } = this.#options;
    return this.#words.length > 0 && this.#words === view.words && box.clientWidth > 0;
  }

  #draw() {
    this.#width = this.#options.box.clientWidth;
    const drawing = this.#isCurrent ? this.#options.draw() : null;
    if (!drawing) return;
    this.#plotHeight = drawing.plotHeight;
    this.#plot.replaceChildren(this.#plotOf(drawing, this.#width));
    this.#mark();
  }

  /**
   * @param {Drawing} drawing
   * @param {number} width
   */
  #plotOf(drawing, width) {
    const { labelled, view } = this.#options;
    return plotOf(drawing, { width, labelled, range: view.value, words: this.#words });
  }

  /** Move the marks to the active token, the pinned token, the chosen row and the dragged range. */
  #mark() {
    if (!this.#isCurrent) return;
    const { selection, markedRow } = this.#options;
    const row = markedRow?.() ?? null;
    const { pinned } = selection.value;
    const { active } = selection;
    const drag = this.#drag?.isRange ? this.#drag : null;
    place(this.#marks.active, active === null ? null : this.#columns(active, active));
    place(this.#marks.pinned, pinned === null || pinned === active ? null : this.#columns(pinned, pinned));
    place(this.#marks.dragged, drag && this.#columns(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)));
    const wide = { left: MARGIN.left, width: this.plotWidth };
    place(this.#marks.row, row && { ...wide, top: MARGIN.top + row.top, height: row.height });
  }

  /**
   * The columns of a range of tokens.
   * @param {number} from
   * @param {number} to
   * @returns {Box | null} null if it does not begin in view
   */
  #columns(from, to) {
    const { view } = this.#options;
    if (!view.contains(from)) return null;
    const { first, last } = view.value;
    const step = this.plotWidth / (last - first + 1);
    const width = Math.max(2, step * (Math.min(to, last) - from + 1));
    return { left: MARGIN.left + (from - first) * step, top: MARGIN.top, width, height: this.#plotHeight };
  }

  /**
   * @param {MouseEvent} event
   * @returns {{token: number, y: number} | null} null outside the plot
   */
  #placeOf({ clientX, clientY }) {
    if (!this.#isCurrent) return null;
    const bounds = this.#plot.getBoundingClientRect();
    const [x, y] = [clientX - bounds.left - MARGIN.left, clientY - bounds.top - MARGIN.top];
    if (x < 0 || x >= this.plotWidth || y < 0 || y >= this.#plotHeight) return null;
    const { first, last } = this.#options.view.value;
    return { token: first + Math.floor((x / this.plotWidth) * (last - first + 1)), y };
  }

  #listen() {
    const { box, selection, view, onPoint } = this.#options;
    // A finger does not hover: it scrolls, or it clicks.
    box.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const at = this.#placeOf(event);
      if (at) onPoint?.(at.y);
      selection.hover(at?.token ?? null, "figure");
      if (this.#drag && at) this.#dragTo(event.clientX, at.token);
    });
    box.addEventListener("pointerleave", () => selection.hover(null, "figure"));
    box.addEventListener("pointerdown", (event) => {
      const at = event.pointerType === "mouse" && event.button === 0 ? this.#placeOf(event) : null;
      this.#drag = at && { x: event.clientX, from: at.token, to: at.token, isRange: false };
    });
    addEventListener("pointerup", () => this.#drop());
    box.addEventListener("click", (event) => {
      const at = this.#placeOf(event);
      if (!at || this.#wasDragged) return;
      onPoint?.(at.y);
      selection.toggle(at.token, "figure");
    });
    box.addEventListener("dblclick", () => view.showAll());
  }

  /** Whether the click that follows the release of a pointer ends the choice of a range. */
  #wasDragged = false;

  /**
   * @param {number} x  of the pointer
   * @param {number} token
   */
  #dragTo(x, token) {
    if (!this.#drag) return;
    this.#drag.to = token;
    this.#drag.isRange ||= Math.abs(x - this.#drag.x) >= DRAG_PIXELS;
    this.#mark();
  }

  /** Show the range over which the pointer was dragged. */
  #drop() {
    const drag = this.#drag;
    this.#drag = null;
    this.#wasDragged = drag?.isRange ?? false;
    if (!drag?.isRange) return;
    place(this.#marks.dragged, null);
    this.#options.view.showRange(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to));
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
