/**
 * Reads each text of a JSON file as the page `try/` does: `node read_texts.js READING.json TEXTS.json`.
 * Prints a JSON array: for each text its encoding and assessment, or why it is refused.
 */

import { readFileSync } from "node:fs";

import { Decider } from "../../docs/try/js/decision.js";
import { Reader, UnreadableText } from "../../docs/try/js/reading/reader.js";

const [data, texts] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf-8")));
const reader = new Reader(data);
const decider = new Decider(data.decision, data.unknown);

/** @param {{ text: string, logit: number }} sent */
const read = ({ text, logit }) => {
  try {
    const { ids, starts, ends, read: words, coverage } = reader.encode(text);
    const { likeness, contentWords } = decider.measure(ids);
    const assessment = decider.assess({ text, ids, starts, ends, read: words, coverage }, logit);
    return { ids, starts, ends, words, coverage, likeness, contentWords, ...assessment };
  } catch (error) {
    if (error instanceof UnreadableText) return { refused: error.message };
    throw error;
  }
};

process.stdout.write(JSON.stringify(texts.map(read)));
