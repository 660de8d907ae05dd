/** Plotly, loaded once from this server while the reader types. */
import { ApiProblem } from "../core/problem.js";

/**
 * The functions of Plotly that the page calls.
 * @typedef {object} Plotly
 * @property {(box: HTMLElement, traces: object[], layout: object, config: object) => Promise<unknown>} react
 * @property {(box: HTMLElement, options: object) => Promise<string>} toImage  a data URL
 *
 * A point under the pointer: `pointNumber` is [row, column] in a heat map.
 * @typedef {{x: number, pointNumber: number | [number, number]}} PlotPoint
 *
 * @typedef {object} PlotEvents
 * @property {{points: PlotPoint[]}} plotly_hover
 * @property {undefined} plotly_unhover
 * @property {{points: PlotPoint[]}} plotly_click
 * @property {undefined} plotly_doubleclick
 * @property {Record<string, number>} plotly_relayout
 *
 * The element of a drawn figure.
 * @typedef {{on: <K extends keyof PlotEvents>(name: K, listener: (event: PlotEvents[K]) => void) => void}} PlotElement
 */

/** @type {Promise<Plotly> | undefined} */
let loading;

/** @returns {Promise<Plotly>} rejects with `ApiProblem` if the script cannot be loaded */
export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/plotly.min.js";
    script.addEventListener("load", () => resolve(/** @type {any} */ (globalThis).Plotly));
    const problem = new ApiProblem("No charts", "Plotly did not load. Reload the page to try again.");
    script.addEventListener("error", () => reject(problem));
    document.head.append(script);
  });
  return loading;
}
