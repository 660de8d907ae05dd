/** A text as a text box has it: with other line ends, and counted in UTF-16 code units. */

/**
 * Whether a text box would show both texts alike.
 * @param {string} one
 * @param {string} other
 */
export const sameText = (one, other) => withLineFeeds(one) === withLineFeeds(other);

/** @param {string} text */
const withLineFeeds = (text) => text.replace(/\r\n?/g, "\n");

/**
 * The place of a caret.
 * @param {string} text
 * @param {number} characters  in front of the caret, in Unicode code points
 * @returns {number} the same in UTF-16 code units
 */
export const samePlace = (text, characters) => Array.from(text).slice(0, characters).join("").length;
