/** The address bar: a short review and the look at it are shared by a link; back and forward work. */

/** Longer addresses are cut or refused by mail programs and proxies. */
const LONGEST = 2000;

/**
 * @typedef {Record<string, string>} Look  how the reader looks at an answer; see look.js
 * @typedef {{text: string, convention: import("./api.js").Convention, look: Look}} Question
 */

/**
 * @param {Question} question
 * @returns {string | null} null for a review too long for a link
 */
function linkTo({ text, convention, look }) {
  const parameters = new URLSearchParams({ text });
  if (convention !== "pytorch") parameters.set("convention", convention);
  for (const [name, value] of Object.entries(look)) parameters.set(name, value);
  const link = `/?${parameters}`;
  return link.length <= LONGEST ? link : null;
}

/**
 * Note a question in the history; the text travels with the entry, also when no link can hold it.
 * @param {Question} question
 * @param {"push" | "replace"} how
 */
export function remember(question, how) {
  const link = linkTo(question) ?? "/";
  history[`${how}State`](question, "", link);
}

/** @returns {Question | null} what the address, or the history entry, asks for */
export function recall() {
  if (history.state?.text !== undefined) return history.state;
  const { text, convention, ...look } = Object.fromEntries(new URLSearchParams(location.search));
  if (text === undefined) return null;
  return { text, convention: convention === "course" ? "course" : "pytorch", look };
}

/** @param {(question: Question | null) => void} listener */
export const onNavigate = (listener) => addEventListener("popstate", () => listener(recall()));
