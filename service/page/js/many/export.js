/** The table as a file, with all digits. */
import { verdictOf } from "./summary.js";

/** @typedef {import("./scoring.js").Scored} Scored */

const COLUMNS = ["number", "text", "verdict", "label", "probability_positive", "coverage", "turn", "words", "warnings", "problem"];

/**
 * @param {Scored} scored
 * @returns {Record<string, unknown>}
 */
function recordOf(scored) {
  const { number, text, prediction, account, problem } = scored;
  return {
    number,
    text,
    verdict: verdictOf(scored),
    label: prediction?.label ?? null,
    probability_positive: prediction?.probabilities.positive ?? null,
    coverage: prediction?.coverage ?? null,
    turn: account?.turn ?? null,
    words: account?.words ?? [],
    warnings: prediction?.warnings ?? [],
    problem,
  };
}

/** @param {Scored[]} texts */
export const asJsonLines = (texts) => texts.map((scored) => `${JSON.stringify(recordOf(scored))}\n`).join("");

/**
 * As CSV. Fields that a spreadsheet would take for a formula begin with an apostrophe.
 * @param {Scored[]} texts
 */
export function asCsv(texts) {
  const rows = texts.map((scored) => {
    const record = recordOf(scored);
    return COLUMNS.map((name) => fieldOf(name, record[name]));
  });
  return [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function fieldOf(name, value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = Array.isArray(value) ? value.map(partOf).join("; ") : String(value);
  const isFormula = name !== "words" && /^[=+\-@\t\r]/.test(text);
  const plain = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** @param {unknown} part  a warning, or a word with its share */
const partOf = (part) => {
  if (typeof part === "string") return part;
  const { text, share } = /** @type {{text: string, share: number}} */ (part);
  return `${text} ${share}`;
};
