/** Words among the tokens: punctuation belongs to the clause that it ends. */

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
