/** From tokens and values to pixels of a plot, and the ticks of a value axis. */

/**
 * @typedef {import("../core/view.js").Range} Range
 *
 * @typedef {object} Scales
 * @property {Range} range  tokens in view
 * @property {number} step  width of a token
 * @property {(token: number) => number} x  left edge of a token
 * @property {(value: number) => number} y
 *
 * @typedef {{value: number, text: string}} Tick
 */

/**
 * @param {Range} range  tokens in view
 * @param {[number, number]} domain  the values at the bottom and at the top of the plot
 * @param {{width: number, height: number}} size  of the plot
 * @returns {Scales}
 */
export function scalesOf(range, [bottom, top], { width, height }) {
  const step = width / (range.last - range.first + 1);
  return {
    range,
    step,
    x: (token) => (token - range.first) * step,
    y: (value) => (height * (top - value)) / (top - bottom),
  };
}

const MOST_TICKS = 4;

/**
 * Round values in a domain.
 * @param {[number, number]} domain
 * @returns {Tick[]}
 */
export function roundTicks([bottom, top]) {
  const least = (top - bottom) / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  /** @type {Tick[]} */
  const ticks = [];
  for (let place = Math.ceil(bottom / step); place * step <= top; place++) {
    const value = place * step;
    ticks.push({ value, text: value.toFixed(digits).replace("-", "−") });
  }
  return ticks;
}

/** The axis of a share, with a little room for a line that lies on an end. */
export const SHARE_AXIS = {
  domain: /** @type {[number, number]} */ ([-0.03, 1.03]),
  ticks: [0, 0.5, 1].map((value) => ({ value, text: String(value) })),
  isRuled: true,
};

/**
 * The domain of values of both signs: with 0, and with a little room.
 * @param {number[]} values
 * @returns {[number, number]}
 */
export function signedDomain(values) {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const room = 0.06 * (high - low) || 1;
  return [low - room, high + room];
}
