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
 * Plotly's description of the axis. Tokens have coordinates from 0, and are numbered from 1.
 * @param {Range} range
 * @param {readonly string[]} words
 * @param {number} pixels  width of the plot
 */
export function tokenAxis({ first, last }, words, pixels) {
  const count = last - first + 1;
  const range = [first - 0.5, last + 0.5];
  if (count <= tokensThatFit(pixels)) {
    const tickvals = Array.from({ length: count }, (_, index) => first + index);
    const ticktext = tickvals.map((token) => plainLabel(shorten(words[token])));
    return { range, tickvals, ticktext, tickangle: -90 };
  }
  const step = niceStep(count / Math.max(2, pixels / PIXELS_BETWEEN_NUMBERS));
  const tickvals = [];
  for (let place = Math.ceil((first + 1) / step) * step; place <= last + 1; place += step) {
    tickvals.push(place - 1);
  }
  return { range, tickvals, ticktext: tickvals.map((token) => String(token + 1)), tickangle: 0 };
}

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Escape a label. Plotly reads some HTML in labels (<b>, <a href>); a token is plain text there too.
 * @param {string} text
 */
export const plainLabel = (text) => text.replace(/[&<>]/g, (character) => ENTITIES[character]);

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
