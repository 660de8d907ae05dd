/**
 * Words of a text: the rules of `models/text/splitting.py`, for texts whose numbers are of the digits
 * 0 to 9 and whose letters have no combining accents. `refusals.js` lets no other text through.
 *
 * @typedef {{ word: string, start: number, end: number }} Token
 */

const CLITIC = String.raw`'(?:s|re|ve|ll|d|m)(?![\p{L}\d])`;
const LETTERS = String.raw`[\p{L}\d]+`;
const TOKEN = new RegExp(
  [
    // The lookahead makes the group atomic: `90s` is a word, and not the number 9 or 90.
    String.raw`(?=(?<number>\d+(?:[.,/]\d+)*))\k<number>(?!\p{L})`,
    CLITIC,
    `${LETTERS}(?:(?!${CLITIC})'${LETTERS})*`,
    String.raw`\.{2,}`,
    String.raw`\S`,
  ].join("|"),
  "gu",
);

/**
 * Split a text into tokens, in lower case.
 * @param {string} text
 * @returns {Token[]}
 */
export const split = (text) =>
  Array.from(text.toLowerCase().matchAll(TOKEN), ({ 0: word, index }) => ({
    word,
    start: index,
    end: index + word.length,
  }));
