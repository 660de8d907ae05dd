/** What readers drop or paste, read as texts: one a line, CSV, TSV or JSON Lines. */
import { TableProblem, namesOf, readTable } from "./separated.js";

/** Column names that plainly mean a text, in the order in which they are preferred. */
const TEXT_NAMES = ["text", "review", "review_text", "content", "sentence", "comment", "body"];

/** @type {Record<"csv" | "semicolons" | "tsv", string>} */
const SEPARATORS = { csv: ",", semicolons: ";", tsv: "\t" };

/**
 * @typedef {"lines" | "csv" | "semicolons" | "tsv" | "jsonl"} Format
 * @typedef {{line: number, fields: string[]}} Row
 *
 * @typedef {object} Source  texts in columns
 * @property {string[]} names  of the columns; one without a name if every line is a text
 * @property {Row[]} rows
 * @property {number} column  the one with the texts, as far as its name says so; otherwise the one
 *   with the longest fields
 * @property {boolean} isNamed  whether its name says so
 */

/**
 * How a text is read unless the reader chooses otherwise. A paste is a table if its first line has a
 * name that plainly means a text.
 * @param {string} content
 * @param {string} name  of the file; "" for text that was pasted
 * @returns {Format}
 */
export function formatOf(content, name) {
  const text = withoutMark(content);
  const ending = /\.(\w+)$/.exec(name.toLowerCase())?.[1] ?? "";
  if (ending === "tsv") return "tsv";
  if (["jsonl", "ndjson", "json"].includes(ending) || /^\s*\{/.test(text)) return "jsonl";
  const separated = separatedFormat(text);
  return ending === "csv" || separated.names.some(meansText) ? separated.format : "lines";
}

/**
 * The separator by which the first row has most fields; of equal ones, the comma.
 * @param {string} text
 */
function separatedFormat(text) {
  const formats = /** @type {(keyof typeof SEPARATORS)[]} */ (Object.keys(SEPARATORS));
  return formats
    .map((format) => ({ format, names: namesOf(text, SEPARATORS[format]) }))
    .reduce((best, next) => (next.names.length > best.names.length ? next : best));
}

/** @param {string} name */
const meansText = (name) => TEXT_NAMES.includes(name.toLowerCase());

/**
 * @param {string} content
 * @param {Format} format
 * @returns {Source} throws `TableProblem`
 */
export function readSource(content, format) {
  const text = withoutMark(content);
  if (format === "lines") return lines(text);
  return chosen(format === "jsonl" ? readObjects(text) : readTable(text, SEPARATORS[format]));
}

/** @param {string} content  perhaps with a byte order mark */
const withoutMark = (content) => content.replace(/^\uFEFF/, "");

/**
 * @param {string} text
 * @returns {Source}
 */
function lines(text) {
  const rows = text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: index + 1, fields: [line] }))
    .filter(({ fields: [line] }) => line.trim() !== "");
  return { names: [""], rows, column: 0, isNamed: true };
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
  if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
    return { line, object: /** @type {Record<string, unknown>} */ (value) };
  }
  throw new TableProblem(`Line ${line} is not an object with a text, such as {"text": "…"}.`);
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
  return { names, rows, column: named ?? widest(names.length, rows), isNamed: named !== undefined || names.length === 1 };
}

/**
 * @param {number} columns
 * @param {Row[]} rows
 */
function widest(columns, rows) {
  const sizes = Array.from({ length: columns }, (_, column) => rows.reduce((sum, { fields }) => sum + fields[column].length, 0));
  return sizes.indexOf(Math.max(...sizes));
}
