import assert from "node:assert/strict";
import { test } from "node:test";
import { TableProblem } from "../../../service/page/js/many/separated.js";
import { formatOf, readSource } from "../../../service/page/js/many/sources.js";

/**
 * Read as a file of that name, or as a paste.
 * @param {string} content
 * @param {string} [name]
 */
const read = (content, name = "") => readSource(content, formatOf(content, name));

/**
 * @param {string} content
 * @param {string} [name]
 */
function textsOf(content, name = "") {
  const { rows, column } = read(content, name);
  return rows.map(({ fields }) => fields[column]);
}

test("pasted lines are texts, commas and all", () => {
  assert.deepEqual(textsOf("Fine, really.\n\nDull.\r\n"), ["Fine, really.", "Dull."]);
});

test("a line of a paste keeps its number", () => {
  assert.deepEqual(read("a\n\nb").rows.map(({ line }) => line), [1, 3]);
});

test("a pasted table is recognized by the name of a column", () => {
  assert.deepEqual(textsOf("id,review\n1,Fine.\n2,Dull."), ["Fine.", "Dull."]);
  assert.deepEqual(textsOf("stars\ttext\n5\tFine."), ["Fine."]);
});

test("a file is read by its ending, whatever its first line says", () => {
  assert.deepEqual(textsOf("nr,words\n1,Fine and long.", "a.CSV"), ["Fine and long."]);
  assert.deepEqual(textsOf("nr\twords\n1\tFine and long.", "a.tsv"), ["Fine and long."]);
});

test("without a plain name, the column with the longest fields is proposed", () => {
  assert.equal(read("a,b,c\n1,a long field,2", "a.csv").column, 1);
});

test("a plain name is preferred to a longer column", () => {
  assert.equal(read("text,notes\nFine.,a much longer field", "a.csv").column, 0);
});

test("JSON Lines may have other keys in each line", () => {
  assert.deepEqual(textsOf('{"text": "Fine.", "id": 1}\n\n{"text": "Dull.", "more": null}\n'), ["Fine.", "Dull."]);
});

test("a line that is not an object of JSON is refused by its number", () => {
  assert.throws(() => read('{"text": "a"}\nb', "a.jsonl"), /Line 2 is not JSON/);
  assert.throws(() => read("[1]", "a.jsonl"), TableProblem);
});

test("a byte order mark is not a part of the first name", () => {
  assert.deepEqual(textsOf("\uFEFFtext,id\nFine.,1", "a.csv"), ["Fine."]);
});

test("the names of a pasted table may be in quotes", () => {
  assert.deepEqual(textsOf('"id","review"\n1,"Fine, really."'), ["Fine, really."]);
});

test("a single column with a plain name is a table", () => {
  assert.deepEqual(textsOf('review\n"Fine, really."'), ["Fine, really."]);
});

test("a review that begins with a quote is not a header", () => {
  assert.equal(formatOf('"Great", they said.\nDull.', ""), "lines");
});

test("the separator of a file is the one by which its header has most names", () => {
  assert.equal(formatOf("id;title, long;review\n1;a;b", "a.csv"), "semicolons");
  assert.equal(formatOf("id,review\n1,a;b", "a.csv"), "csv");
});

test("the reader's choice of a format has precedence", () => {
  const { rows } = readSource("text,id\nFine.,1", "lines");
  assert.deepEqual(rows.map(({ fields }) => fields[0]), ["text,id", "Fine.,1"]);
});

test("a source states whether its column was chosen by name", () => {
  assert.equal(read("a,b\n1,long", "a.csv").isNamed, false);
  assert.equal(read("a,review\n1,long", "a.csv").isNamed, true);
});

test("lines end as on any system", () => {
  assert.deepEqual(textsOf("a\rb\r\nc\nd"), ["a", "b", "c", "d"]);
});
