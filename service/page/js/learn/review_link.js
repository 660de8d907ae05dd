/** Links from this page to the page `/`, with a text loaded. */
import { linkTo } from "../core/permalink.js";

/**
 * @param {HTMLElement} anchor
 * @param {string} text
 */
export function reviewLink(anchor, text) {
  const link = linkTo({ text, convention: "pytorch", display: {} });
  if (!link) throw new Error(`The text of #${anchor.id} is too long for a link`);
  anchor.setAttribute("href", link);
}
