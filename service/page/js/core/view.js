/** The range of tokens that all figures show. */
import { Store } from "./store.js";

/** @typedef {{first: number, last: number}} Range  tokens, both ends included */

/** @extends {Store<Range>} */
export class View extends Store {
  /**
   * The tokens of the review, in its own spelling.
   * @type {readonly string[]}
   */
  words = [];

  constructor() {
    super({ first: 0, last: 0 });
  }

  /**
   * Show another review, all of it.
   * @param {string[]} words
   */
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

  /** @param {number} token */
  contains(token) {
    return token >= this.value.first && token <= this.value.last;
  }

  /**
   * Show a range, cut to the tokens that there are.
   * @param {number} from  coordinate on the token axis; need not be whole
   * @param {number} to
   */
  showRange(from, to) {
    const end = this.words.length - 1;
    const first = Math.max(0, Math.min(end, Math.round(from)));
    this.set({ first, last: Math.max(first, Math.min(end, Math.round(to))) });
  }

  /**
   * Show a range with a token in its middle, or as near to it as the ends of the review allow.
   * @param {number} token
   * @param {number} size  number of tokens to show
   */
  showAround(token, size) {
    const first = Math.max(0, Math.min(token - Math.floor(size / 2), this.words.length - size));
    this.set({ first, last: Math.min(this.words.length - 1, first + size - 1) });
  }
}
