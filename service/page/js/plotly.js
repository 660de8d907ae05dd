/** Plotly, fetched once from this server while the reader types. */

import { ApiProblem } from "./api.js";

/** @type {Promise<any> | undefined} */
let loading;

/** @returns {Promise<any>} the Plotly object */
export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/plotly.min.js";
    script.addEventListener("load", () => resolve(globalThis.Plotly));
    const problem = new ApiProblem("No charts", "Plotly did not load. Reload the page to try again.");
    script.addEventListener("error", () => reject(problem));
    document.head.append(script);
  });
  return loading;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Plotly reads a little HTML in its labels (<b>, <a href>): make a token plain text there too.
 * @param {string} text
 */
export const plainLabel = (text) => text.replace(/[&<>]/g, (character) => ENTITIES[character]);
