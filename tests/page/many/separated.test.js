import assert from "node:assert/strict";
import { test } from "node:test";
import { TableProblem, readTable } from "../../../service/page/js/many/separated.js";
import { random } from "../records.js";

/** @param {string} text */
const fieldsOf = (text) => readTable(text, ",").rows.map(({ fields }) => fields);

test("the first row has the names of the columns", () => {
  assert.deepEqual(readTable("id, text\n1,fine\n", ",").names, ["id", "text"]);
});

test("a quoted field may have separators, quotes and line breaks", () => {
  assert.deepEqual(fieldsOf('id,text\n1,"a, ""b""\nc"\n'), [["1", 'a, "b"\nc']]);
});

test("lines end with or without a carriage return, and the last one may not end", () => {
  assert.deepEqual(fieldsOf("id,text\r\n1,a\r\n2,b"), [["1", "a"], ["2", "b"]]);
});

test("an empty field is a field, an empty line is not a row", () => {
  assert.deepEqual(fieldsOf('id,text\n1,\n\n,b\n2,""\n'), [["1", ""], ["", "b"], ["2", ""]]);
});

test("a row knows the line in which it begins", () => {
  const { rows } = readTable('id,text\n1,"a\nb"\n2,c\n', ",");
  assert.deepEqual(rows.map(({ line }) => line), [2, 4]);
});

test("a row with another number of fields is refused by its line", () => {
  assert.throws(() => readTable("id,text\n1,a\n2,b, c\n", ","), /Line 3 has 3 fields, and the header has 2/);
});

test("a quote that is not closed is refused by its line", () => {
  assert.throws(() => readTable('id,text\n1,"a\n', ","), /in line 2 is not closed/);
});

test("something after a quoted field is refused", () => {
  assert.throws(() => readTable('id,text\n1,"a"b\n', ","), TableProblem);
});

test("an empty file is refused", () => {
  assert.throws(() => readTable("", ","), TableProblem);
});

test("whatever is written as a table is read again", () => {
  const next = random(8);
  const pieces = ["a", ",", '"', "\n", "é", " ", ""];
  const field = () => Array.from({ length: Math.floor(next() * 5) }, () => pieces[Math.floor(next() * pieces.length)]).join("");
  for (let round = 0; round < 300; round++) {
    const rows = Array.from({ length: 3 }, () => [field(), field()]);
    const text = [["x", "y"], ...rows].map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\n");
    assert.deepEqual(fieldsOf(text), rows);
  }
});
