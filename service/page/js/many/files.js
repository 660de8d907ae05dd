/** The text of a file. */
import { count } from "../core/format.js";
import { TableProblem } from "./separated.js";

/** A page that reads a thousand texts has no use for larger files, which would block it. */
const MOST_BYTES = 50_000_000;

/**
 * @param {File} file
 * @returns {Promise<string>} rejects with `TableProblem`
 */
export async function readFile(file) {
  if (file.size > MOST_BYTES) {
    throw new TableProblem(
      `The file has ${count(file.size)} bytes; this page reads up to ${count(MOST_BYTES)}. ` +
        "For large files: gatewise score FILE --out scores.parquet",
    );
  }
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    throw new TableProblem("The file cannot be read. Was it moved or changed? Choose it again.");
  }
  return decode(new Uint8Array(bytes));
}

/**
 * @param {Uint8Array} bytes  in UTF-8, or in UTF-16 with a byte order mark
 * @returns {string} throws `TableProblem`
 */
export function decode(bytes) {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new TableProblem("The file is not text in UTF-8. Save it as text or as CSV in UTF-8, and choose it again.");
  }
}
