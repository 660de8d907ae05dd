/** What readers drop or paste, read as texts: one a line, CSV, TSV or JSON Lines. */
import { TableProblem, readTable } from "./separated.js";

/** Column names that plainly mean a text, in the order in which they are preferred. */
const TEXT_NAMES = ["text", "review", "review_text", "content", "sentence", "comment", "body"];

/**
 * @typedef {{line: number, fields: string[]}} Row
 *
 * @typedef {object} Source  texts in columns
 * @property {string[]} names  of the columns; one without a name if every line is a text
 * @property {Row[]} rows
 * @property {number} column  the one with the texts, as far as its name says so; otherwise the one
 *   with the longest fields
 */

/**
 * @param {string} content
 * @param {string} name  of the file; "" for text that was pasted
 * @returns {Source} throws `TableProblem`
 */
export function readSource(content, name) {
  const text = content.replace(/^\uFEFF/, "");
  const ending = /\.(\w+)$/.exec(name.toLowerCase())?.[1] ?? "";
  if (ending === "csv" || ending === "tsv") return chosen(readTable(text, ending === "csv" ? "," : "\t"));
  if (["jsonl", "ndjson", "json"].includes(ending) || /^\s*\{/.test(text)) return chosen(readObjects(text));
  const separator = separatorOf(text);
  return separator === null ? lines(text) : chosen(readTable(text, separator));
}

/**
 * Pasted text is a table if its first line is a header with a column that plainly means a text.
 * @param {string} text
 */
function separatorOf(text) {
  const [first] = text.trimStart().split("\n", 1);
  for (const separator of [",", "\t"]) {
    const names = first.split(separator).map((name) => name.trim().toLowerCase());
    if (names.length > 1 && names.some((name) => TEXT_NAMES.includes(name))) return separator;
  }
  return null;
}

/**
 * @param {string} text
 * @returns {Source}
 */
function lines(text) {
  const rows = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, fields: [line] }))
    .filter(({ fields: [line] }) => line.trim() !== "");
  return { names: [""], rows, column: 0 };
}

/**
 * @param {string} text  one JSON object a line
 * @returns {import("./separated.js").Table}
 */
function readObjects(text) {
  const objects = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [objectOf(line, index + 1)]));
  const names = [...new Set(objects.flatMap(({ object }) => Object.keys(object)))];
  const rows = objects.map(({ line, object }) => ({ line, fields: names.map((name) => fieldOf(object[name])) }));
  return { names, rows };
}

/**
 * @param {string} text
 * @param {number} line
 * @returns {{line: number, object: Record<string, unknown>}}
 */
function objectOf(text, line) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TableProblem(`Line ${line} is not JSON. Write one object in each line, such as {"text": "…"}.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return { line, object: /** @type {Record<string, unknown>} */ (value) };
  }
  throw new TableProblem(`Line ${line} is not an object, such as {"text": "…"}.`);
}

/** @param {unknown} value */
const fieldOf = (value) => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));

/**
 * @param {import("./separated.js").Table} table
 * @returns {Source}
 */
function chosen({ names, rows }) {
  const plain = names.map((name) => name.toLowerCase());
  const named = TEXT_NAMES.map((name) => plain.indexOf(name)).find((place) => place >= 0);
  return { names, rows, column: named ?? widest(names.length, rows) };
}

/**
 * @param {number} columns
 * @param {Row[]} rows
 */
function widest(columns, rows) {
  const sizes = Array.from({ length: columns }, (_, column) => rows.reduce((sum, { fields }) => sum + fields[column].length, 0));
  return sizes.indexOf(Math.max(...sizes));
}
