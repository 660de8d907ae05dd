/** The token axis that all figures share: which part of the review is in view, and its ticks. */
import { plainLabel } from "./plotly.js";
import { Store } from "./store.js";

const WORD_PIXELS = 11;
const LONGEST_WORD = 14;
const LETTER_PIXELS = 6.2;
const PLACE_PIXELS = 26;

/** @typedef {{first: number, last: number}} Window  tokens in view, both included */

/** @extends {Store<Window>} */
export class View extends Store {
  /**
   * The tokens of the review, as spelt in it.
   * @type {readonly string[]}
   */
  words = [];

  constructor() {
    super({ first: 0, last: 0 });
  }

  /** @param {string[]} words  of another review; shows all of them */
  reset(words) {
    this.words = words;
    this.showAll();
  }

  showAll() {
    this.set({ first: 0, last: this.words.length - 1 });
  }

  get isWhole() {
    return this.value.first === 0 && this.value.last === this.words.length - 1;
  }

  /**
   * @param {number} from  axis coordinates, as a drag gives them
   * @param {number} to
   */
  showRange(from, to) {
    const first = Math.max(0, Math.round(from));
    this.set({ first, last: Math.max(first, Math.min(this.words.length - 1, Math.round(to))) });
  }

  /**
   * @param {number} token
   * @param {number} size  tokens in view
   */
  showAround(token, size) {
    const first = Math.max(0, Math.min(token - Math.floor(size / 2), this.words.length - size));
    this.set({ first, last: Math.min(this.words.length - 1, first + size - 1) });
  }
}

/** @param {number} pixels  how many tokens fit a plot this wide with a word under each */
export const tokensThatFit = (pixels) => Math.max(5, Math.floor(pixels / WORD_PIXELS));

/**
 * Room that the labels under the axis take, upright words or places of the tokens.
 * @param {Window} window
 * @param {readonly string[]} words
 * @param {number} pixels  width of the plot
 */
export function labelPixels({ first, last }, words, pixels) {
  if (last - first + 1 > tokensThatFit(pixels)) return PLACE_PIXELS;
  const longest = Math.max(...words.slice(first, last + 1).map((word) => Array.from(shorten(word)).length));
  return 12 + longest * LETTER_PIXELS;
}

/**
 * @param {Window} window
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
  const step = niceStep(count / Math.max(2, pixels / 70));
  const tickvals = [];
  for (let place = Math.ceil((first + 1) / step) * step; place <= last + 1; place += step) {
    tickvals.push(place - 1);
  }
  return { range, tickvals, ticktext: tickvals.map((token) => String(token + 1)), tickangle: 0 };
}

/** @param {string} word */
function shorten(word) {
  const characters = Array.from(word);
  return characters.length <= LONGEST_WORD ? word : `${characters.slice(0, LONGEST_WORD - 1).join("")}…`;
}

/** @param {number} rough  1, 2 or 5 times a power of ten, at least `rough` */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
}
