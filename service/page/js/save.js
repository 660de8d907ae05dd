/** What is shown, as a file: a picture made here, or the API's own answer in one of its formats. */
import { ApiProblem, explainAs } from "./api.js";
import { byId, element, showProblem } from "./dom.js";

/**
 * @param {() => object | null} question  what to ask the API for all that is shown
 * @param {() => Promise<Blob>} picture
 */
export function saveMenu(question, picture) {
  const menu = /** @type {HTMLDetailsElement} */ (byId("save"));
  const problem = byId("save-problem");
  const contentOf = (format) => (format === "png" ? picture() : explainAs(format, question()));
  menu.addEventListener("click", async ({ target }) => {
    const { format } = /** @type {HTMLElement} */ (target).dataset;
    if (!format) return;
    menu.ariaBusy = "true";
    try {
      keep(await contentOf(format), `explanation.${format}`);
      showProblem(problem, null);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      showProblem(problem, error);
    } finally {
      menu.ariaBusy = "false";
      menu.open = false;
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (!menu.contains(/** @type {Node} */ (target))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

/**
 * @param {Blob} content
 * @param {string} name
 */
function keep(content, name) {
  const href = URL.createObjectURL(content);
  element("a", { href, download: name }).click();
  URL.revokeObjectURL(href);
}
