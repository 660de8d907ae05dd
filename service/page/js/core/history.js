/** The address bar and the browser's history. */
import { linkTo, packedLinkTo, questionOf, questionOfFragment } from "./permalink.js";

/** @typedef {import("./permalink.js").Question} Question */

let entries = 0;

/**
 * Put a question into the history. The entry holds the text also when no link can.
 * @param {Question} question
 * @param {"push" | "replace"} how
 */
export function remember(question, how) {
  const link = linkTo(question);
  const entry = ++entries;
  if (how === "push") history.pushState(question, "", link ?? "/");
  else history.replaceState(question, "", link ?? "/");
  if (link !== null) return;
  packedLinkTo(question).then((packed) => {
    if (packed !== null && entry === entries) history.replaceState(question, "", packed);
  });
}

/** @returns {Promise<Question | null>} the question of the history entry, otherwise that of the address */
export async function recall() {
  if (history.state?.display) return history.state;
  return questionOf(location.search) ?? (await questionOfFragment(location.hash));
}

/** @param {(question: Question | null) => void} listener  called after back and forward */
export const onNavigate = (listener) =>
  addEventListener("popstate", async () => {
    entries++;
    listener(await recall());
  });
