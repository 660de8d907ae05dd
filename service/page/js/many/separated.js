/** Reading CSV and TSV (RFC 4180): quoted fields may have separators, quotes and line breaks in them. */
import { plural } from "../core/format.js";

/** A file that cannot be read as a table. Its message says where, and why. */
export class TableProblem extends Error {}

/**
 * @typedef {object} Table
 * @property {string[]} names  of the columns
 * @property {{line: number, fields: string[]}[]} rows  each with the number of its first line
 */

/**
 * Read a table with a header. Empty lines are left out.
 * @param {string} text
 * @param {string} separator
 * @returns {Table} throws `TableProblem` if a row has more or fewer fields than the header, or a quote
 *   is not closed
 */
export function readTable(text, separator) {
  const [head, ...rows] = records(text, separator);
  if (!head) throw new TableProblem("The file is empty.");
  for (const { line, fields } of rows) {
    if (fields.length !== head.fields.length) {
      throw new TableProblem(
        `Line ${line} has ${plural(fields.length, "field")}, and the header has ${head.fields.length}. ` +
          "A field with a separator in it must be in double quotes.",
      );
    }
  }
  return { names: head.fields.map((name) => name.trim()), rows };
}

/**
 * The names that a text would have in its first row, if it were a table.
 * @param {string} text
 * @param {string} separator
 * @returns {string[]} empty if the first row cannot be read
 */
export function namesOf(text, separator) {
  try {
    const [head] = records(text, separator);
    return head ? head.fields.map((name) => name.trim()) : [];
  } catch (error) {
    if (error instanceof TableProblem) return [];
    throw error;
  }
}

/**
 * @param {string} text
 * @param {string} separator
 * @returns {Generator<{line: number, fields: string[]}, void>}
 */
function* records(text, separator) {
  let [place, line] = [0, 1];
  while (place < text.length) {
    const first = line;
    /** @type {string[]} */
    const fields = [];
    for (;;) {
      const field = fieldAt(text, place, separator, line);
      fields.push(field.value);
      line += field.breaks;
      place = field.end;
      if (text[place] !== separator) break;
      place += 1;
    }
    if (text[place] === "\r") place += 1;
    if (text[place] === "\n") place += 1;
    line += 1;
    if (fields.length > 1 || fields[0] !== "") yield { line: first, fields };
  }
}

/**
 * @param {string} text
 * @param {number} start
 * @param {string} separator
 * @param {number} line
 * @returns {{value: string, end: number, breaks: number}} `breaks` are the line breaks in the field
 */
function fieldAt(text, start, separator, line) {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end += 1;
    return { value: text.slice(start, end), end, breaks: 0 };
  }
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end === -1) throw new TableProblem(`The quote that opens a field in line ${line} is not closed.`);
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  const raw = text.slice(start + 1, end);
  const next = text[end + 1];
  if (next !== undefined && next !== separator && next !== "\n" && next !== "\r") {
    throw new TableProblem(`A quoted field in line ${line} is followed by “${next}” instead of a separator.`);
  }
  return { value: raw.replaceAll('""', '"'), end: end + 1, breaks: raw.split("\n").length - 1 };
}
