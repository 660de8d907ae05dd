/** Formulas in the API's plain text, such as W_hr h_{t−1} + b_hr. */

/**
 * Split a formula into parts that are set on the line and parts that are set as subscripts.
 * @param {string} text
 * @returns {{text: string, isSubscript: boolean}[]}
 */
export function formulaParts(text) {
  return text
    .split(/_(\{[^}]*\}|[a-z]+)/)
    .map((part, index) => ({ text: index % 2 === 0 ? part : part.replace(/[{}]/g, ""), isSubscript: index % 2 === 1 }))
    .filter(({ text: part }) => part !== "");
}
