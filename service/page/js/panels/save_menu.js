/** Saving what is shown: as a picture drawn by the page, or as a file written by the API. */
import { explainAs } from "../core/api.js";
import { byId, closestTo, showProblem } from "../core/dom.js";
import { download } from "../core/download.js";
import { ApiProblem } from "../core/problem.js";

/**
 * @param {() => import("../core/types.js").ExplainRequest} requestShown  the request whose response
 *   has all that is shown
 * @param {() => Promise<Blob>} drawPicture
 */
export function saveMenu(requestShown, drawPicture) {
  const menu = /** @type {HTMLDetailsElement} */ (byId("save"));
  const problem = byId("save-problem");
  menu.addEventListener("click", async (event) => {
    const format = closestTo(event, "[data-format]")?.dataset.format;
    if (!format) return;
    menu.ariaBusy = "true";
    try {
      const content = isFileFormat(format) ? await explainAs(format, requestShown()) : await drawPicture();
      download(content, `explanation.${format}`);
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
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}

/**
 * @param {string} format
 * @returns {format is "json" | "csv" | "html"}
 */
const isFileFormat = (format) => ["json", "csv", "html"].includes(format);
