import assert from "node:assert/strict";
import { test } from "node:test";
import { TableProblem } from "../../../service/page/js/many/separated.js";
import { readSource } from "../../../service/page/js/many/sources.js";

/**
 * @param {string} content
 * @param {string} [name]
 */
function textsOf(content, name = "") {
  const { rows, column } = readSource(content, name);
  return rows.map(({ fields }) => fields[column]);
}

test("pasted lines are texts, commas and all", () => {
  assert.deepEqual(textsOf("Fine, really.\n\nDull.\r\n"), ["Fine, really.", "Dull."]);
});

test("a line of a paste keeps its number", () => {
  assert.deepEqual(readSource("a\n\nb", "").rows.map(({ line }) => line), [1, 3]);
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
  assert.equal(readSource("a,b,c\n1,a long field,2", "a.csv").column, 1);
});

test("a plain name is preferred to a longer column", () => {
  assert.equal(readSource("text,notes\nFine.,a much longer field", "a.csv").column, 0);
});

test("JSON Lines may have other keys in each line", () => {
  assert.deepEqual(textsOf('{"text": "Fine.", "id": 1}\n\n{"text": "Dull.", "more": null}\n'), ["Fine.", "Dull."]);
});

test("a line that is not an object of JSON is refused by its number", () => {
  assert.throws(() => readSource('{"text": "a"}\nb', "a.jsonl"), /Line 2 is not JSON/);
  assert.throws(() => readSource("[1]", "a.jsonl"), TableProblem);
});

test("a byte order mark is not a part of the first name", () => {
  assert.deepEqual(textsOf("\uFEFFtext,id\nFine.,1", "a.csv"), ["Fine."]);
});
