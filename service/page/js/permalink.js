/** The address bar: a short review can be shared by its link, and back and forward work. */

/** Longer addresses are cut or refused by mail programs and proxies. */
const LONGEST = 2000;

/**
 * @typedef {{text: string, convention: import("./api.js").Convention}} Question
 */

/**
 * @param {Question} question
 * @returns {string | null} null for a review too long for a link
 */
function linkTo({ text, convention }) {
  const parameters = new URLSearchParams({ text });
  if (convention !== "pytorch") parameters.set("convention", convention);
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
  const parameters = new URLSearchParams(location.search);
  const text = parameters.get("text");
  if (text === null) return null;
  return { text, convention: parameters.get("convention") === "course" ? "course" : "pytorch" };
}

/** @param {(question: Question | null) => void} listener */
export const onNavigate = (listener) => addEventListener("popstate", () => listener(recall()));
