/** The running prediction as a line under the words, and the words over which a gate is held. */
import { byId, element } from "../core/dom.js";
import { oncePerFrame } from "../core/scheduling.js";
import { pieces } from "../explanation/pieces.js";
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
 * @property {Range} range
 */

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
  #sheet = byId("story-sheet");
  #svg = document.createElementNS(SVG, "svg");
  #parts;

  /** @param {(range: Range, isDone: boolean) => void} onDrag  called while words are dragged over */
  constructor(onDrag) {
    const above = this.#clip("above-half");
    const below = this.#clip("below-half");
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
    this.#parts.positive.setAttribute("clip-path", "url(#above-half)");
    this.#parts.negative.setAttribute("clip-path", "url(#below-half)");
    new ResizeObserver(oncePerFrame(() => this.#measure())).observe(this.#sheet);
    this.#listen(onDrag);
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
   * Show the words of another review.
   * @param {import("../core/types.js").Explanation} explanation
   */
  write({ text: whole, tokens }) {
    this.#tokens = tokens;
    this.#words = [];
    const parts = pieces(whole, tokens).map(({ text, token }) => {
      const word = element("span", token === null ? null : { class: "word" }, text);
      if (token !== null) this.#words.push(word);
      return word;
    });
    this.#sheet.replaceChildren(...parts, this.#svg);
    this.#boxes = [];
    this.#drawing = null;
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    const isFirst = this.#boxes.length !== drawing.running.length;
    this.#drawing = drawing;
    if (isFirst) this.#measure();
    else this.#draw();
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

  /** Find the places of all words, after the text or its width has changed. */
  #measure() {
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
    const outline = rangeBoxes(rows, boxes, range);
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

  /** @param {(range: Range, isDone: boolean) => void} onDrag */
  #listen(onDrag) {
    const sheet = this.#sheet;
    /** @type {number | null} */
    let start = null;
    /** @type {Range | null} */
    let range = null;
    sheet.addEventListener("pointerdown", (event) => {
      // A finger scrolls the page, and has the two lists to choose words from.
      if (event.pointerType !== "mouse" || event.button !== 0 || this.#rows.length === 0) return;
      event.preventDefault();
      start = this.#tokenAt(event);
      sheet.setPointerCapture(event.pointerId);
    });
    sheet.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const token = this.#tokenAt(event);
      if (token === start && range === null) return;
      range = { first: Math.min(start, token), last: Math.max(start, token) };
      onDrag(range, false);
    });
    const end = () => {
      if (range) onDrag(range, true);
      start = range = null;
    };
    sheet.addEventListener("pointerup", end);
    sheet.addEventListener("pointercancel", end);
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
