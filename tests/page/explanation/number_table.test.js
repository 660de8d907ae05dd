import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../../../service/page/js/explanation/number_table.js";
import { token } from "../records.js";

/**
 * @param {import("../records.js").Token} first
 * @param {"pytorch" | "chung2014"} [convention]
 */
const table = (first, convention = "pytorch") => {
  const columns = columnsOf({ tokens: [first], convention });
  return { heads: columns.map(({ head }) => head), cells: columns.map(({ cell }) => cell(first, 0)) };
};

test("a row has every number of its token", () => {
  assert.deepEqual(table(token({ known: false, flags: ["flip", "reset"] })).cells, [
    "1", "fine", "no", "0.625", "+0.500", "+0.750", "−0.250", "50.0 %", "100 %", "25.0 %", "flip, reset",
    "0.250", "0.000", "1.000", "0.750", "0.125", "0.875",
  ]);
});

test("tokens are numbered from 1", () => {
  const [{ cell }] = columnsOf({ tokens: [token()], convention: "pytorch" });
  assert.equal(cell(token(), 41), "42");
});

test("the head of the update gate has the symbol of the convention", () => {
  assert.ok(table(token(), "pytorch").heads.includes("update z mean"));
  assert.ok(table(token(), "chung2014").heads.includes("update u mean"));
});

test("attribution has a column if it was requested", () => {
  const { heads, cells } = table(token({ attribution: 0 }));
  assert.equal(heads.at(-1), "attribution");
  assert.equal(cells.at(-1), "0.000");
  assert.ok(!table(token()).heads.includes("attribution"));
});

test("gate effects have three columns if they were requested", () => {
  const effects = { reset_at_1: 1, reset_at_average: -2, update_at_1: 0.00001 };
  const { heads, cells } = table(token({ gate_effects: effects }));
  assert.deepEqual(heads.slice(-3), ["Δ reset at 1", "Δ reset at average", "Δ update at 1"]);
  assert.deepEqual(cells.slice(-3), ["+1.000", "−2.000", "+1.0e−5"]);
});
