/** The table as a file, with all digits. */
import { verdictOf } from "./summary.js";

/** @typedef {import("./scored.js").Scored} Scored */

/**
 * Names are those of `gatewise score`, where both have the same.
 * @param {Scored} scored
 */
function recordOf(scored) {
  const { number, line, text, prediction, account, problem, unexplained } = scored;
  return {
    number,
    line,
    text,
    verdict: verdictOf(scored),
    label: prediction?.label ?? null,
    probability_positive: prediction?.probabilities.positive ?? null,
    coverage: prediction?.coverage ?? null,
    turning_word: account?.turn ?? null,
    top_words: account?.words ?? [],
    flips: account?.flags.flip ?? null,
    resets: account?.flags.reset ?? null,
    rewrites: account?.flags.rewrite ?? null,
    model: prediction?.model.id ?? null,
    warnings: prediction?.warnings ?? [],
    error: problem ?? unexplained,
  };
}

/** @param {Scored[]} texts */
export const asJsonLines = (texts) => texts.map((scored) => `${JSON.stringify(recordOf(scored))}\n`).join("");

/**
 * As CSV. Fields that a spreadsheet would take for a formula begin with an apostrophe.
 * @param {Scored[]} texts  at least one
 */
export function asCsv(texts) {
  const records = texts.map(recordOf);
  const rows = records.map((record) => Object.values(record).map(fieldOf));
  return [Object.keys(records[0]), ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/** @param {string | number | null | string[] | {text: string, share: number}[]} value */
function fieldOf(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = Array.isArray(value) ? value.map(partOf).join("; ") : value;
  const plain = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** @param {string | {text: string, share: number}} part  a warning, or a word with its share */
const partOf = (part) => (typeof part === "string" ? part : `${part.text} ${part.share}`);
