/** The original text cut at the tokens. Nothing of it is lost, changed or reordered. */

/**
 * @param {string} text
 * @param {{start: number, end: number}[]} tokens  offsets in Unicode code points, in order
 * @returns {{text: string, token: number | null}[]} joined, they are the text again
 */
export function pieces(text, tokens) {
  const characters = Array.from(text);
  const slice = (start, end) => characters.slice(start, end).join("");
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
