/** A text cut at its tokens, without losing or changing anything between them. */

/**
 * @typedef {{text: string, token: number | null}} Piece  `token` is null for text between tokens
 */

/**
 * @param {string} text
 * @param {{start: number, end: number}[]} tokens  offsets in Unicode code points, in order
 * @returns {Piece[]} joined, they are the text again
 */
export function pieces(text, tokens) {
  const characters = Array.from(text);
  /**
   * @param {number} start
   * @param {number} [end]
   */
  const slice = (start, end) => characters.slice(start, end).join("");
  /** @type {Piece[]} */
  const found = [];
  let cursor = 0;
  tokens.forEach(({ start, end }, token) => {
    if (start > cursor) found.push({ text: slice(cursor, start), token: null });
    found.push({ text: slice(start, end), token });
    cursor = end;
  });
  if (cursor < characters.length) found.push({ text: slice(cursor), token: null });
  return found;
}
