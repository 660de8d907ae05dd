/** Links to a review and to the way in which its explanation is displayed. */
import { pack, unpack } from "./packed_text.js";

/**
 * Names of colourings until version 1.0, and what they are now.
 * @type {Record<string, string>}
 */
const OLD_COLOURS = {
  credit: "attribution",
  reset_opened: "reset_at_1",
  reset_averaged: "reset_at_average",
  update_closed: "update_at_1",
};

/** Mail programs and proxies cut or refuse longer addresses. */
export const LONGEST_LINK = 2000;
/** With the text compressed into the fragment, which is not sent to any server. */
export const LONGEST_PACKED_LINK = 30_000;

const PACKED = "#packed=";

/**
 * How an explanation is displayed, as link parameters: `token` (pinned), `view` (range of tokens),
 * `open` (panels), `unit`, `worked` (units of the step panel), `other` (text compared with),
 * `against` (id of the model compared with), `held` (the gate that is held), `words` (the tokens over which), `at` (its value) and the value of each
 * switch. A parameter at its default is left out.
 * @typedef {Record<string, string>} Display
 *
 * @typedef {import("./types.js").Convention} Convention
 * @typedef {{text: string, convention: Convention, display: Display}} Question
 */

/**
 * Write the link of a question.
 * @param {Question} question
 * @returns {string | null} null for a review that is too long for a link
 */
export function linkTo(question) {
  const link = `/?${parametersOf(question)}`;
  return link.length <= LONGEST_LINK ? link : null;
}

/**
 * Write the link of a question whose text is too long for `linkTo`.
 * @param {Question} question
 * @returns {Promise<string | null>} null for a review that is too long for any link
 */
export async function packedLinkTo(question) {
  const link = `/${PACKED}${await pack(parametersOf(question))}`;
  return link.length <= LONGEST_PACKED_LINK ? link : null;
}

/** @param {Question} question */
function parametersOf({ text, convention, display }) {
  const parameters = new URLSearchParams({ text });
  if (convention !== "pytorch") parameters.set("convention", convention);
  for (const [name, value] of Object.entries(display)) parameters.set(name, value);
  return parameters.toString();
}

/**
 * Read the question of a link that has its text in the fragment.
 * @param {string} fragment  the part of the address from the number sign on
 * @returns {Promise<Question | null>} null for any other fragment
 */
export async function questionOfFragment(fragment) {
  if (!fragment.startsWith(PACKED)) return null;
  const parameters = await unpack(fragment.slice(PACKED.length));
  return parameters === null ? null : questionOf(parameters);
}

/**
 * Read the question of a link.
 * @param {string} search  the part of the address from the question mark on
 * @returns {Question | null} null for an address without a text
 */
export function questionOf(search) {
  const { text, convention, hold, ...display } = Object.fromEntries(new URLSearchParams(search));
  if (text === undefined) return null;
  // Until version 1.0, links had the names `hold` and `course`, and other colourings.
  if (hold !== undefined) display.intervention ??= hold;
  if (Object.hasOwn(OLD_COLOURS, display.colour ?? "")) display.colour = OLD_COLOURS[display.colour];
  const isChung = convention === "chung2014" || convention === "course";
  return { text, convention: isChung ? "chung2014" : "pytorch", display };
}

/**
 * The pinned token of a display.
 * @param {Display} display
 * @param {number} tokens  number of tokens of the review
 * @returns {number | null | undefined} null if none is pinned; undefined if the link names no token
 *   of this review
 */
export function pinnedToken({ token }, tokens) {
  if (token === "none") return null;
  return token !== undefined && /^[0-9]{1,6}$/.test(token) && Number(token) < tokens ? Number(token) : undefined;
}

/**
 * The range of tokens of a display.
 * @param {Display} display
 * @returns {import("./view.js").Range | null} null if the link names no range
 */
export const viewRange = ({ view }) => rangeOf(view);

/**
 * The range of tokens over which a gate is held.
 * @param {Display} display
 * @param {number} tokens  number of tokens of the review
 * @returns {import("./view.js").Range | null} null if the link names no range of this review
 */
export function heldRange({ words }, tokens) {
  const range = rangeOf(words);
  return range && range.last < tokens ? range : null;
}

/**
 * @param {string | undefined} text
 * @returns {import("./view.js").Range | null}
 */
function rangeOf(text) {
  const found = /^([0-9]{1,6})-([0-9]{1,6})$/.exec(text ?? "");
  const [first, last] = [Number(found?.[1]), Number(found?.[2])];
  return first <= last ? { first, last } : null;
}

/**
 * The unit of a display.
 * @param {Display} display
 * @returns {number | null} null if the link names no unit
 */
export const unitNumber = ({ unit }) => (/^[0-9]{1,6}$/.test(unit ?? "") ? Number(unit) : null);
