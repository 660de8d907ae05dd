/** Formulas written in plain text, as the API writes them, set with subscripts. */
import { element } from "./dom.js";

/**
 * @param {string} text  such as "W_hr h_{t−1} + b_hr"
 * @returns {HTMLElement}
 */
export function formula(text) {
  const parts = text.split(/_(\{[^}]*\}|[a-z]+)/);
  const nodes = parts.map((part, index) =>
    index % 2 === 0 ? part : element("sub", null, part.replace(/[{}]/g, "")),
  );
  return element("span", { class: "eq" }, ...nodes);
}
