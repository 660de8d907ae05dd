/** The token axis that all figures share: its range, its ticks and their labels. */

const WORD_PIXELS = 11;
const LONGEST_WORD = 14;
const LETTER_PIXELS = 6.2;
const PLACE_PIXELS = 26;
const FEWEST_TOKENS = 5;
const PIXELS_BETWEEN_NUMBERS = 70;

/** @typedef {import("../core/view.js").Range} Range */

/**
 * How many tokens fit a plot that has a word under each.
 * @param {number} pixels  width of the plot
 */
export const tokensThatFit = (pixels) => Math.max(FEWEST_TOKENS, Math.floor(pixels / WORD_PIXELS));

/**
 * Height of the labels under the axis: upright words, or numbers of tokens.
 * @param {Range} range
 * @param {readonly string[]} words
 * @param {number} pixels  width of the plot
 */
export function labelPixels({ first, last }, words, pixels) {
  if (last - first + 1 > tokensThatFit(pixels)) return PLACE_PIXELS;
  const longest = Math.max(...words.slice(first, last + 1).map((word) => Array.from(shorten(word)).length));
  return 12 + longest * LETTER_PIXELS;
}

/**
 * The labels of the axis: a word under each token, or round numbers, counted from 1.
 * @param {Range} range
 * @param {readonly string[]} words
 * @param {number} pixels  width of the plot
 * @returns {{ticks: import("./scales.js").Tick[], isUpright: boolean}} the value of a tick is a token
 */
export function tokenTicks({ first, last }, words, pixels) {
  const count = last - first + 1;
  if (count <= tokensThatFit(pixels)) {
    const ticks = Array.from({ length: count }, (_, index) => ({ value: first + index, text: shorten(words[first + index]) }));
    return { ticks, isUpright: true };
  }
  const step = niceStep(count / Math.max(2, pixels / PIXELS_BETWEEN_NUMBERS));
  const ticks = [];
  for (let place = Math.ceil((first + 1) / step) * step; place <= last + 1; place += step) {
    ticks.push({ value: place - 1, text: String(place) });
  }
  return { ticks, isUpright: false };
}

/** @param {string} word */
export function shorten(word) {
  const characters = Array.from(word);
  return characters.length <= LONGEST_WORD ? word : `${characters.slice(0, LONGEST_WORD - 1).join("")}…`;
}

/**
 * The least number that is 1, 2 or 5 times a power of ten and at least as large as another.
 * @param {number} least
 */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}
