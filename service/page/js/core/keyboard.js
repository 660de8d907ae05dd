/** Where the arrow keys lead, in the highlighted review and in the heat map. */

/** Tokens passed by the up and down arrows in the highlighted review. */
const TOKENS_PER_LINE = 10;

/**
 * The token that a key moves to from another one.
 * @param {string} key  as in `KeyboardEvent.key`
 * @param {number} token
 * @param {number} count  number of tokens
 * @returns {number | null} null for a key that does not move
 */
export function nextToken(key, token, count) {
  switch (key) {
    case "ArrowRight":
      return clamp(token + 1, count);
    case "ArrowLeft":
      return clamp(token - 1, count);
    case "ArrowDown":
      return clamp(token + TOKENS_PER_LINE, count);
    case "ArrowUp":
      return clamp(token - TOKENS_PER_LINE, count);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/**
 * @typedef {{token: number | null, unit: number | null}} Cell  of the heat map
 */

/**
 * The cell of the heat map that an arrow key moves to. From no cell, a move between units leads to
 * the first unit, and a move between tokens to a neighbour of the first token.
 * @param {string} key
 * @param {Cell} from
 * @param {{tokens: number, units: number}} size
 * @returns {Partial<{token: number, unit: number}> | null} the coordinate that changes; null for a
 *   key that does not move
 */
export function nextCell(key, { token, unit }, { tokens, units }) {
  switch (key) {
    case "ArrowRight":
      return { token: clamp((token ?? 0) + 1, tokens) };
    case "ArrowLeft":
      return { token: clamp((token ?? 0) - 1, tokens) };
    case "ArrowDown":
      return { unit: clamp((unit ?? -1) + 1, units) };
    case "ArrowUp":
      return { unit: clamp((unit ?? -1) - 1, units) };
    default:
      return null;
  }
}

/**
 * Whether a key was pressed together with a modifier, as in a shortcut of the browser.
 * @param {KeyboardEvent} event
 */
export const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

/**
 * Whether a key changes a text: a character other than a space, a deletion, or paste. Space and Enter
 * choose in a list.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event
 */
export function writes({ key, ctrlKey, metaKey, altKey }) {
  if (altKey) return false;
  if (ctrlKey || metaKey) return key.toLowerCase() === "v";
  return key === "Backspace" || key === "Delete" || (key !== " " && Array.from(key).length === 1);
}

/**
 * @param {number} index
 * @param {number} count
 */
const clamp = (index, count) => Math.max(0, Math.min(count - 1, index));
