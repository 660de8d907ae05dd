/** SVG drawings, as wide as their box and drawn anew when the box changes. */
import { linePath } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...(Node | string)} children
 */
export function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * @param {[number, number][]} points
 * @param {string} style  class that colours it
 */
export const line = (points, style) => shape("path", { d: linePath(points), class: `line ${style}` });

/**
 * @param {[number, number]} point
 * @param {string} style
 * @param {number} [radius]
 */
export const dot = ([cx, cy], style, radius = 5) => shape("circle", { cx, cy, r: radius, class: `dot ${style}` });

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {Attributes} [attributes]
 */
export const label = (x, y, text, attributes = {}) => shape("text", { x, y, ...attributes }, text);

/**
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {string} [style]
 */
export const rule = ([x1, y1], [x2, y2], style = "axis") => shape("line", { x1, y1, x2, y2, class: style });

/**
 * A horizontal bar, to the left for a negative length.
 * @param {number} x
 * @param {number} y
 * @param {number} length
 * @param {number} height
 * @param {string} style
 */
export const bar = (x, y, length, height, style) =>
  shape("rect", { x: Math.min(x, x + length), y, width: Math.abs(length), height, class: `bar ${style}` });

/**
 * A drawing that fills the width of its box.
 * @param {HTMLElement} box  its `data-label` describes the drawing to those who do not see it
 * @param {number} height
 * @param {(width: number) => SVGElement[]} draw
 * @returns {() => void} draws it anew
 */
export function drawing(box, height, draw) {
  const svg = shape("svg", { role: "img", "aria-label": box.dataset.label ?? "", height });
  box.replaceChildren(svg);
  const redraw = () => {
    const width = Math.floor(box.clientWidth);
    if (width === 0) return;
    svg.setAttribute("width", String(width));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(...draw(width));
  };
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    redraw();
  }).observe(box);
  return redraw;
}
