/**
 * Spellings that the vocabulary does not have, read as the words they stand for: the rules of
 * `models/text/spelling.py`, whose lists are in the file that the page loads.
 *
 * @typedef {object} SpellingData
 * @property {string[]} words The vocabulary, the most frequent words first, after two special entries.
 * @property {number} common How many of its entries may be what a misspelt word stands for.
 * @property {string[]} english English words that the vocabulary does not have.
 * @property {Record<string, string>} contractions
 * @property {Record<string, string>} sounds
 * @property {Record<string, string>} digits
 */

const SHORTEST = 5;
const SHORTEST_FOR_TWO = 7;
const LONG = 8;
const MOST_EDITS = 2;
const MOST_STRETCHES = 4;
const SPECIAL_ENTRIES = 2;
const STRETCHED = /([\p{L}\d])\1{2,}/u;

/** @param {string} word */
const isAlphabetic = (word) => /^\p{L}+$/u.test(word);

/** @param {string} word */
const isUpper = (word) => /\p{Uppercase}/u.test(word) && !/[\p{Lowercase}\p{Lt}]/u.test(word);

/** @param {string} word The consonants of a word, doubled ones once. */
const consonantsOf = (word) => word.replace(/[aeiouy]/g, "").replace(/(.)\1+/gu, "$1");

/** @param {string} word */
const sorted = (word) => Array.from(word).sort().join("");

/**
 * Return the optimal string alignment distance: insertions, deletions, substitutions and swaps of
 * neighbours.
 * @param {string} a
 * @param {string} b
 */
export function distance(a, b) {
  /** @type {number[]} */
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, beforeLast[column - 2] + 1);
      }
      current.push(least);
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length];
}

export class Speller {
  /** @param {SpellingData} data */
  constructor(data) {
    this.ids = new Map(data.words.map((word, id) => [word, id]));
    this.english = new Set(data.english);
    this.contractions = new Map(Object.entries(data.contractions));
    this.sounds = new Map(Object.entries(data.sounds));
    this.digits = new Map(Object.entries(data.digits));
    /** @type {Map<string, string[]>} Words that are at most one letter longer or shorter. */
    this.byLength = new Map();
    /** @type {Map<string, string[]>} */
    this.byConsonants = new Map();
    for (const word of data.words.slice(SPECIAL_ENTRIES, data.common).filter(isAlphabetic)) {
      for (const length of [word.length - 1, word.length, word.length + 1]) {
        add(this.byLength, word[0] + length, word);
      }
      add(this.byConsonants, `${word[0]} ${consonantsOf(word)}`, word);
    }
  }

  /**
   * Return the word that is meant, or null if it is unclear or the word is known.
   * @param {string} written A token as written; the first word of a sentence in lower case.
   * @param {{ mayBeName: boolean }} options Whether capitals do not tell names apart.
   * @returns {string | null}
   */
  correct(written, { mayBeName }) {
    const word = written.toLowerCase();
    const contraction = this.contractions.get(word);
    if (contraction) return contraction;
    if (this.ids.has(word) || !/\p{L}/u.test(word)) return null;
    const candidate = this.sounds.get(word) ?? this.unstretched(word) ?? this.withoutDigits(word);
    if (candidate) return candidate;
    const isName = /^\p{Uppercase}/u.test(written) && !isUpper(written);
    if (isName || !isAlphabetic(word)) return null;
    return this.nearest(word, mayBeName);
  }

  /**
   * @param {string} word
   * @returns {string | null}
   */
  withoutDigits(word) {
    const plain = Array.from(word, (letter) => this.digits.get(letter) ?? letter).join("");
    return plain !== word && this.ids.has(plain) ? plain : null;
  }

  /**
   * Shorten every run of three or more equal letters to one or two, as known words have.
   * @param {string} word
   * @returns {string | null}
   */
  unstretched(word) {
    const parts = word.split(STRETCHED); // text, letter, text, letter, …, text
    const runs = (parts.length - 1) / 2;
    if (runs === 0 || runs > MOST_STRETCHES) return null;
    const found = [];
    for (let choice = 0; choice < 2 ** runs; choice++) {
      const shorter = parts
        .map((part, index) => {
          const isDoubled = index % 2 === 1 && (choice >> (runs - 1 - (index - 1) / 2)) & 1;
          return isDoubled ? part + part : part;
        })
        .join("");
      const contraction = this.contractions.get(shorter);
      if (contraction) return contraction;
      if (this.ids.has(shorter)) found.push(shorter);
    }
    return this.mostFrequent(found);
  }

  /**
   * Return the nearest known word: one edit away, or two that keep the consonants.
   * @param {string} word
   * @param {boolean} mayBeName
   * @returns {string | null}
   */
  nearest(word, mayBeName) {
    if (word.length < SHORTEST || this.english.has(word)) return null;
    const consonants = consonantsOf(word);
    const letters = sorted(word);
    const oneEdit = (this.byLength.get(word[0] + word.length) ?? []).filter(
      (near) =>
        distance(word, near) === 1 &&
        (!mayBeName || word.length >= LONG || sorted(near) === letters || consonantsOf(near) === consonants),
    );
    if (oneEdit.length > 0) return this.mostFrequent(oneEdit);
    if (word.length < SHORTEST_FOR_TWO) return null;
    const alike = this.byConsonants.get(`${word[0]} ${consonants}`) ?? [];
    return this.mostFrequent(alike.filter((near) => distance(word, near) <= MOST_EDITS));
  }

  /**
   * @param {string[]} words
   * @returns {string | null}
   */
  mostFrequent(words) {
    /** @param {string} word */
    const id = (word) => this.ids.get(word) ?? Infinity;
    return words.reduce(
      (/** @type {string | null} */ best, word) => (best !== null && id(best) <= id(word) ? best : word),
      null,
    );
  }
}

/**
 * @param {Map<string, string[]>} lists
 * @param {string} key
 * @param {string} word
 */
function add(lists, key, word) {
  const list = lists.get(key);
  if (list) list.push(word);
  else lists.set(key, [word]);
}
