/** Breaking a text into lines for a canvas. */
import { pieces } from "../explanation/pieces.js";

/** @typedef {{text: string, x: number, line: number, width: number, token: number | null}} Word */

/**
 * Break a text into words with a place each. All of the text is kept. Lines break at spaces, not
 * between the tokens of a word and its punctuation; what is wider than a line is divided.
 * @param {string} text
 * @param {{start: number, end: number}[]} tokens
 * @param {number} room  width of a line
 * @param {(text: string) => number} measure  width of a text
 * @returns {Word[]}
 */
export function layOut(text, tokens, room, measure) {
  let x = 0;
  let line = 0;
  /** @type {Word[]} */
  const words = [];
  /**
   * @param {string} part
   * @param {number | null} token
   */
  const put = (part, token) => {
    const width = measure(part);
    const letters = Array.from(part);
    if (x > 0 && x + width > room) [x, line] = [0, line + 1];
    if (width > room && letters.length > 1) {
      const half = Math.floor(letters.length / 2);
      put(letters.slice(0, half).join(""), token);
      put(letters.slice(half).join(""), token);
      return;
    }
    words.push({ text: part, x, line, width, token });
    x += width;
  };
  /** @type {{part: string, token: number | null}[]} */
  let run = [];
  const endRun = () => {
    const width = run.reduce((sum, { part }) => sum + measure(part), 0);
    if (x > 0 && width <= room && x + width > room) [x, line] = [0, line + 1];
    for (const { part, token } of run) put(part, token);
    run = [];
  };
  for (const piece of pieces(text, tokens)) {
    for (const part of piece.text.split(/(\n| )/)) {
      if (part === "\n" || part === " ") endRun();
      if (part === "\n") [x, line] = [0, line + 1];
      else if (part === " ") put(part, piece.token);
      else if (part !== "") run.push({ part, token: piece.token });
    }
  }
  endRun();
  return words;
}
