/** The address bar and the browser's history. */
import { linkTo, questionOf } from "./permalink.js";

/** @typedef {import("./permalink.js").Question} Question */

/**
 * Put a question into the history. The entry holds the text also when no link can.
 * @param {Question} question
 * @param {"push" | "replace"} how
 */
export function remember(question, how) {
  const link = linkTo(question) ?? "/";
  if (how === "push") history.pushState(question, "", link);
  else history.replaceState(question, "", link);
}

/** @returns {Question | null} the question of the history entry, otherwise that of the address */
export const recall = () => (history.state?.display ? history.state : questionOf(location.search));

/** @param {(question: Question | null) => void} listener  called after back and forward */
export const onNavigate = (listener) => addEventListener("popstate", () => listener(recall()));
