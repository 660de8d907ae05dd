/** Paths of lines, bands, bars and marks along the tokens, of the part of a text that is in view. */

/** @typedef {import("./scales.js").Scales} Scales */

/** @param {number} pixels */
const round = (pixels) => Math.round(100 * pixels) / 100;

/**
 * A line with steps instead of slopes, because a value is that of a whole token.
 * @param {number[]} values
 * @param {Scales} scales
 */
export const linePath = (values, scales) => `M0 ${round(scales.y(values[scales.range.first]))}${steps(values, scales)}`;

/**
 * The area between two lines.
 * @param {number[]} low
 * @param {number[]} high
 * @param {Scales} scales
 */
export function bandPath(low, high, scales) {
  const { range, x, y } = scales;
  let back = "";
  for (let token = range.last; token >= range.first; token--) {
    back += `V${round(y(low[token]))}H${round(x(token))}`;
  }
  return `${linePath(high, scales)}${back}Z`;
}

/**
 * @param {number[]} values
 * @param {Scales} scales
 */
function steps(values, { range, x, y }) {
  let path = "";
  for (let token = range.first; token <= range.last; token++) {
    path += `V${round(y(values[token]))}H${round(x(token + 1))}`;
  }
  return path;
}

const BAR_SHARE = 0.8;

/**
 * Bars from 0 of the values for which `isDrawn` holds.
 * @param {number[]} values
 * @param {(value: number) => boolean} isDrawn
 * @param {Scales} scales
 */
export function barsPath(values, isDrawn, { range, step, x, y }) {
  const gap = (step * (1 - BAR_SHARE)) / 2;
  let path = "";
  for (let token = range.first; token <= range.last; token++) {
    if (!isDrawn(values[token])) continue;
    path += `M${round(x(token) + gap)} ${round(y(0))}V${round(y(values[token]))}h${round(step * BAR_SHARE)}V${round(y(0))}Z`;
  }
  return path;
}

const MARK_PIXELS = 5;

/**
 * Triangles at the values of some tokens: upwards above one half, downwards below it.
 * @param {number[]} tokens
 * @param {number[]} values  of all tokens
 * @param {Scales} scales
 */
export function trianglesPath(tokens, values, { range, step, x, y }) {
  let path = "";
  for (const token of tokens) {
    if (token < range.first || token > range.last) continue;
    const size = values[token] > 0.5 ? MARK_PIXELS : -MARK_PIXELS;
    const [left, middle] = [x(token) + step / 2, y(values[token])];
    path += `M${round(left - size)} ${round(middle + size)}h${2 * size}l${-size} ${-2 * size}Z`;
  }
  return path;
}
