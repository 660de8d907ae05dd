/** The text of a row, as a link to its explanation. */
import { element } from "../core/dom.js";
import { linkTo, packedLinkTo } from "../core/permalink.js";

/** A row shows the beginning of a longer text: as a link, all of it would be read out. */
const MOST_CHARACTERS = 280;

/**
 * A text too long for an address is compressed into the fragment, which takes a moment.
 * @param {string} text
 * @returns {HTMLElement} without a link if the text is blank, or too long for any link
 */
export function textLink(text) {
  if (text.trim() === "") return element("span", { class: "remark" }, "(blank)");
  const question = { text, convention: /** @type {const} */ ("pytorch"), display: {} };
  const anchor = element("a", { class: "excerpt", target: "_blank", rel: "noopener" }, beginningOf(text));
  const setHref = (/** @type {string | null} */ link) => {
    if (link === null) anchor.title = "Too long for a link: copy it to the first page.";
    else anchor.setAttribute("href", link);
  };
  const link = linkTo(question);
  if (link === null) packedLinkTo(question).then(setHref);
  else setHref(link);
  return anchor;
}

/** @param {string} text */
function beginningOf(text) {
  const plain = text.trim();
  if (plain.length <= MOST_CHARACTERS) return plain;
  const end = plain.lastIndexOf(" ", MOST_CHARACTERS);
  return `${plain.slice(0, end > 0 ? end : MOST_CHARACTERS)} …`;
}
