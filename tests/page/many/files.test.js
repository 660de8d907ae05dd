import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, readFile } from "../../../service/page/js/many/files.js";
import { TableProblem } from "../../../service/page/js/many/separated.js";

test("a file in UTF-8 is read as it is", async () => {
  assert.equal(await readFile(new File(["Délicieux 😀"], "a.txt")), "Délicieux 😀");
});

test("a byte order mark selects UTF-16", () => {
  assert.equal(decode(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0xe9, 0)), "aé");
  assert.equal(decode(Uint8Array.of(0xfe, 0xff, 0, 0x61, 0, 0xe9)), "aé");
});

test("a file in Latin-1 is refused, and not read with wrong letters", () => {
  assert.throws(() => decode(Uint8Array.of(0x61, 0xe9, 0x61)), TableProblem);
});
