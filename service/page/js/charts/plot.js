/** A plot as SVG: its ground, its value axis, what is drawn in it, and the tokens below it. */
import { labelPixels, tokenTicks } from "./axis.js";
import { scalesOf } from "./scales.js";
import { svg } from "./svg.js";
import { colour } from "./theme.js";

export const MARGIN = { left: 44, right: 12, top: 6, bare: 6 };
const TICK_PIXELS = 3;
const LABEL_SIZE = 11;

/**
 * @typedef {object} Drawing  what a plot shows
 * @property {number} plotHeight
 * @property {[number, number]} domain  the values at its bottom and at its top
 * @property {import("./scales.js").Tick[]} ticks  of the value axis
 * @property {boolean} isRuled  whether there is a line at every tick
 * @property {string} [axisTitle]
 * @property {(scales: import("./scales.js").Scales, size: {width: number, height: number}) => SVGElement[]} shapes
 *
 * @typedef {object} Frame
 * @property {number} width  of the figure
 * @property {boolean} labelled  whether the tokens, or their numbers, are written under the plot
 * @property {import("../core/view.js").Range} range  tokens in view
 * @property {readonly string[]} words  all tokens
 */

/**
 * @param {Drawing} drawing
 * @param {Frame} frame
 * @returns {SVGSVGElement}
 */
export function plotOf(drawing, { width, labelled, range, words }) {
  const size = { width: Math.max(1, width - MARGIN.left - MARGIN.right), height: drawing.plotHeight };
  const below = labelled ? labelPixels(range, words, size.width) : MARGIN.bare;
  const height = MARGIN.top + size.height + below;
  const scales = scalesOf(range, drawing.domain, size);
  return svg(
    "svg",
    {
      class: "plot",
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "font-family": colour("sans"),
      "font-size": LABEL_SIZE,
      fill: colour("ink-2"),
    },
    svg(
      "g",
      { transform: `translate(${MARGIN.left} ${MARGIN.top})` },
      svg("rect", { class: "ground", ...size, fill: colour("plot") }),
      ...valueAxis(drawing, scales, size),
      ...drawing.shapes(scales, size),
      ...(labelled ? tokenAxis(range, words, size) : []),
    ),
  );
}

/**
 * @param {Drawing} drawing
 * @param {import("./scales.js").Scales} scales
 * @param {{width: number, height: number}} size
 */
function valueAxis({ ticks, isRuled, axisTitle, plotHeight }, { y }, { width }) {
  const labels = ticks.map(({ value, text }) => svg("text", { class: "value-tick", x: -6, y: y(value), dy: "0.32em", "text-anchor": "end" }, text));
  const rules = isRuled ? ticks.map(({ value }) => svg("path", { d: `M0 ${y(value)}h${width}`, stroke: colour("line"), fill: "none" })) : [];
  const title = axisTitle
    ? [svg("text", { transform: `translate(${12 - MARGIN.left} ${plotHeight / 2}) rotate(-90)`, "text-anchor": "middle" }, axisTitle)]
    : [];
  return [...rules, ...labels, ...title];
}

/**
 * @param {import("../core/view.js").Range} range
 * @param {readonly string[]} words
 * @param {{width: number, height: number}} size
 */
function tokenAxis(range, words, { width, height }) {
  const { ticks, isUpright } = tokenTicks(range, words, width);
  const step = width / (range.last - range.first + 1);
  return ticks.flatMap(({ value: token, text }) => {
    const x = (token - range.first + 0.5) * step;
    /** @type {Record<string, string | number>} */
    const place = isUpright
      ? { transform: `translate(${x} ${height + TICK_PIXELS + 3}) rotate(-90)`, "text-anchor": "end", dy: "0.32em" }
      : { x, y: height + TICK_PIXELS + LABEL_SIZE + 2, "text-anchor": "middle" };
    return [
      svg("path", { d: `M${x} ${height}v${TICK_PIXELS}`, stroke: colour("line"), fill: "none" }),
      svg("text", { class: "token-tick", ...place }, text),
    ];
  });
}

/**
 * A line over a plot.
 * @param {string} path
 * @param {string} name  of a colour
 * @param {number} width
 * @param {string} [dashes]
 */
export const stroked = (path, name, width, dashes = "none") =>
  svg("path", { class: "line", d: path, fill: "none", stroke: colour(name), "stroke-width": width, "stroke-dasharray": dashes });

/**
 * An area of a plot.
 * @param {string} path
 * @param {string} name  of a colour
 */
export const filled = (path, name) => svg("path", { d: path, fill: colour(name) });
