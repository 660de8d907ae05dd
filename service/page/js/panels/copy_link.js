/** The button that copies a link to what is shown. */
import { byId } from "../core/dom.js";
import { linkTo, packedLinkTo } from "../core/permalink.js";

const SHOWN_MILLISECONDS = 4000;

/** @param {() => import("../core/permalink.js").Question} question  what is shown */
export function copyLink(question) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  byId("copy-link").addEventListener("click", async () => {
    byId("copied").textContent = await copy(question());
    clearTimeout(timer);
    timer = setTimeout(() => byId("copied").replaceChildren(), SHOWN_MILLISECONDS);
  });
}

/**
 * @param {import("../core/permalink.js").Question} question
 * @returns {Promise<string>} what became of it, for the reader
 */
async function copy(question) {
  const link = linkTo(question) ?? (await packedLinkTo(question));
  if (link === null) return "This review is too long for a link. Save it as a page instead.";
  try {
    await navigator.clipboard.writeText(location.origin + link);
  } catch {
    // Without HTTPS, or if the reader forbids it, the browser has no clipboard for pages.
    return "The browser does not let this page copy. Copy the address from the address bar.";
  }
  return "Link copied.";
}
