/** Words among the tokens, and those that did most: punctuation belongs to the clause that it ends. */

/**
 * @typedef {import("../core/types.js").Token} Token
 * @typedef {Pick<import("../core/types.js").Explanation, "tokens">} Read
 * @typedef {{index: number, text: string, share: number, without: number | null}} Word  `share` of
 *   the logit; `without` is P(positive) without the word
 */

/** @param {{text: string}} token */
export const isWord = ({ text }) => /[\p{L}\p{N}\p{S}]/u.test(text);

/**
 * The first word of a range of tokens, or its first token if there is none.
 * @param {readonly {text: string}[]} tokens
 * @param {import("../core/view.js").Range} range
 * @returns {number}
 */
export function firstWord(tokens, { first, last }) {
  for (let index = first; index <= last; index++) if (isWord(tokens[index])) return index;
  return first;
}

/**
 * The word that a token belongs to: itself or, for punctuation, the word before it, if there is one.
 * @param {readonly {text: string}[]} tokens
 * @param {number} index
 * @returns {number}
 */
export function wordAt(tokens, index) {
  for (let word = index; word >= 0; word--) if (isWord(tokens[word])) return word;
  return index;
}

/**
 * What a token added to the logit: its attribution, or its contribution in a text so long that no
 * attribution was computed.
 * @param {Pick<Token, "attribution" | "decomposition">} token
 */
export const shareOf = ({ attribution, decomposition }) => attribution ?? decomposition.total;

/**
 * The words with the largest absolute shares, largest first; of equal ones, the first in the text.
 * @param {Read} explanation
 * @param {number} limit
 * @returns {Word[]} of a text without words, its punctuation
 */
export function topWords({ tokens }, limit) {
  const words = tokens.flatMap((token, index) => (isWord(token) ? [index] : []));
  return (words.length > 0 ? words : tokens.map((_, index) => index))
    .map((index) => ({ index, text: tokens[index].text, share: shareOf(tokens[index]), without: tokens[index].without }))
    .sort((one, other) => Math.abs(other.share) - Math.abs(one.share))
    .slice(0, limit);
}

/**
 * Number of the word with the largest absolute share; the first of equal ones.
 * @param {Read} explanation
 */
export const strongestToken = (explanation) => topWords(explanation, 1)[0]?.index ?? 0;

/**
 * The clauses with the largest absolute attributions, largest first.
 * @param {NonNullable<import("../core/types.js").Explanation["clauses"]>} clauses
 * @param {number} limit
 */
export const topClauses = (clauses, limit) =>
  [...clauses].sort((one, other) => Math.abs(other.attribution) - Math.abs(one.attribution)).slice(0, limit);
