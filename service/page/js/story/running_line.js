/** The running prediction as a line under the words, and the words over which a gate is held. */
import { oncePerFrame } from "../core/scheduling.js";
import { areaPath, heightAt, linePath, markPaths, nearestToken, rangeBoxes, rowsOf } from "./line_geometry.js";

const SVG = "http://www.w3.org/2000/svg";
/** Of the height of a line of text: where the band begins under the words, and how high it is. */
const GAP_SHARE = 0.02;
const BAND_SHARE = 0.42;

/**
 * @typedef {import("./line_geometry.js").Box} Box
 * @typedef {import("./line_geometry.js").Row} Row
 * @typedef {import("../core/view.js").Range} Range
 *
 * @typedef {object} Drawing
 * @property {readonly number[]} running  P(positive) after each token
 * @property {readonly number[] | null} held  the same with a gate held; null if none is
 * @property {import("../core/types.js").Gate} gate
 * @property {Range | null} range  over which a gate can be held; null for none
 */

/** Lines so far: each has the names of its clips for itself. */
let count = 0;
/** Narrower than a sheet of A4 or Letter between its margins. */
const PRINTED_WIDTH = "680px";
/** @type {Set<RunningLine>} */
const lines = new Set();
// On paper, words stand in other places than on the screen, and no observer is told.
addEventListener("beforeprint", () => lines.forEach((line) => line.fit(PRINTED_WIDTH)));
addEventListener("afterprint", () => lines.forEach((line) => line.fit("")));

export class RunningLine {
  /** @type {Drawing | null} */
  #drawing = null;
  /** @type {import("../core/types.js").Token[]} */
  #tokens = [];
  /** @type {HTMLElement[]} */
  #words = [];
  /** @type {Box[]} */
  #boxes = [];
  /** @type {Row[]} */
  #rows = [];
  #sheet;
  #svg = document.createElementNS(SVG, "svg");
  #parts;

  /** @param {HTMLElement} sheet  the words are in, under which the line is drawn */
  constructor(sheet) {
    this.#sheet = sheet;
    const [aboveHalf, belowHalf] = [`above-half-${count}`, `below-half-${count}`];
    count++;
    for (const line of lines) if (!line.#sheet.isConnected) lines.delete(line);
    lines.add(this);
    const above = this.#clip(aboveHalf);
    const below = this.#clip(belowHalf);
    this.#parts = {
      above,
      below,
      range: this.#part("range"),
      half: this.#part("half"),
      positive: this.#part("area positive"),
      negative: this.#part("area negative"),
      was: this.#part("was"),
      line: this.#part("line"),
      reset: this.#part("mark reset"),
      rewrite: this.#part("mark rewrite"),
    };
    this.#parts.positive.setAttribute("clip-path", `url(#${aboveHalf})`);
    this.#parts.negative.setAttribute("clip-path", `url(#${belowHalf})`);
    this.#svg.setAttribute("role", "img");
    this.#sheet.prepend(this.#svg);
    new ResizeObserver(oncePerFrame(() => this.#measure())).observe(this.#sheet);
  }

  /** @param {string} name */
  #part(name) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    this.#svg.append(path);
    return path;
  }

  /** @param {string} id */
  #clip(id) {
    const clip = document.createElementNS(SVG, "clipPath");
    const path = document.createElementNS(SVG, "path");
    clip.id = id;
    clip.append(path);
    this.#svg.append(clip);
    return path;
  }

  /**
   * Begin with another review, whose words are placed later.
   * @param {import("../core/types.js").Token[]} tokens
   */
  begin(tokens) {
    this.#tokens = tokens;
    this.#boxes = [];
    this.#drawing = null;
  }

  /**
   * Draw under these words.
   * @param {HTMLElement[]} words  of the review, one for each token
   */
  place(words) {
    this.#words = words;
    this.#measure();
  }

  /** @param {string} description  of the line, for those who do not see it */
  describe(description) {
    this.#svg.ariaLabel = description;
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    this.#drawing = drawing;
    this.#draw();
  }

  /**
   * Scroll to the beginning of a range that lies below what the box shows; the page does not scroll.
   * @param {Range} range
   */
  reveal({ first }) {
    const box = this.#sheet.parentElement;
    const word = this.#boxes[first];
    if (!box || !word) return;
    box.scrollTop = word.bottom > box.clientHeight ? word.top - box.clientHeight / 2 : 0;
  }

  /** @param {string} width  of the sheet from now on; "" for that of its container */
  fit(width) {
    this.#sheet.style.width = width;
    this.#measure();
  }

  /** Find the places of all words, after the text or its width has changed. */
  #measure() {
    // The observer is also told when the sheet is taken from the page.
    if (!this.#sheet.isConnected) return;
    const { left, top } = this.#sheet.getBoundingClientRect();
    const pitch = Number.parseFloat(getComputedStyle(this.#sheet).lineHeight);
    /** @type {Box} */
    let last = { left: 0, right: 0, top: 0, bottom: 0 };
    // The second token of an emoji has no characters, and so no box, of its own.
    this.#boxes = this.#words.map((word) => {
      const rect = word.getClientRects()[0];
      last = rect
        ? { left: rect.left - left, right: rect.right - left, top: rect.top - top, bottom: rect.bottom - top }
        : { ...last, left: last.right };
      return last;
    });
    this.#rows = rowsOf(this.#boxes, { gap: GAP_SHARE * pitch, height: BAND_SHARE * pitch });
    this.#draw();
  }

  #draw() {
    const drawing = this.#drawing;
    if (!drawing || this.#boxes.length !== drawing.running.length) return;
    const { running, held, gate, range } = drawing;
    const [rows, boxes, parts] = [this.#rows, this.#boxes, this.#parts];
    const shown = held ?? running;
    const area = areaPath(rows, boxes, shown);
    const outline = range ? rangeBoxes(rows, boxes, range) : [];
    this.#svg.dataset.gate = gate;
    this.#svg.toggleAttribute("data-held", held !== null);
    parts.above.setAttribute("d", halves(rows, 1, 0.5));
    parts.below.setAttribute("d", halves(rows, 0.5, 0));
    parts.positive.setAttribute("d", area);
    parts.negative.setAttribute("d", area);
    parts.half.setAttribute("d", rows.map((row) => `M${row.left},${heightAt(row, 0.5)}H${row.right}`).join(""));
    parts.line.setAttribute("d", linePath(rows, boxes, shown));
    parts.was.setAttribute("d", held ? linePath(rows, boxes, running) : "");
    parts.range.setAttribute("d", outline.map(({ x, y, width, height }) => `M${x},${y}h${width}v${height}h${-width}Z`).join(""));
    const marks = markPaths(this.#tokens, boxes);
    parts.reset.setAttribute("d", marks.reset);
    parts.rewrite.setAttribute("d", marks.rewrite);
  }

  /**
   * Let the reader choose words by dragging over them.
   * @param {HTMLElement} text  that the words are in
   * @param {(range: Range, isDone: boolean) => void} onDrag  called while words are dragged over
   */
  chooseBy(text, onDrag) {
    /** @type {number | null} */
    let start = null;
    /** @type {Range | null} */
    let range = null;
    text.addEventListener("pointerdown", (event) => {
      // A finger scrolls the page, and has the two lists to choose words from.
      if (event.pointerType !== "mouse" || event.button !== 0 || this.#rows.length === 0) return;
      start = this.#tokenAt(event);
    });
    text.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const token = this.#tokenAt(event);
      if (token === start && range === null) return;
      // Only now, so that a click without a move is one on its word.
      text.setPointerCapture(event.pointerId);
      range = { first: Math.min(start, token), last: Math.max(start, token) };
      onDrag(range, false);
    });
    const end = () => {
      if (range) onDrag(range, true);
      start = range = null;
    };
    text.addEventListener("pointerup", end);
    text.addEventListener("pointercancel", end);
  }

  /** @param {PointerEvent} event */
  #tokenAt({ clientX, clientY }) {
    const { left, top } = this.#sheet.getBoundingClientRect();
    return nearestToken(this.#rows, this.#boxes, { x: clientX - left, y: clientY - top });
  }
}

/**
 * The part of each row's band between two probabilities.
 * @param {Row[]} rows
 * @param {number} high
 * @param {number} low
 */
const halves = (rows, high, low) =>
  rows
    .map((row) => `M${row.left},${heightAt(row, high)}H${row.right}V${heightAt(row, low)}H${row.left}Z`)
    .join("");
