/** The line under the words in words: for those who do not see it, and its legend. */
import { element } from "../core/dom.js";
import { plural } from "../core/format.js";
import { chance, quoted } from "./account.js";
import { runningBounds } from "./turn.js";

/** @typedef {Pick<import("../core/types.js").Explanation, "tokens">} Read */

/**
 * The running prediction in words, for those who do not see the line.
 * @param {Read} explanation
 */
export function describeLine({ tokens }) {
  const [low, high] = runningBounds(tokens);
  const flagged = tokens.filter(({ flags }) => flags.includes("reset") || flags.includes("rewrite"));
  const marks = flagged.map(({ text, flags }) => `${quoted(text)} ${flags.filter((flag) => flag !== "flip").join(" and ")}`);
  return (
    `Running P(positive) under ${plural(tokens.length, "word")}: from ${chance(low)} to ${chance(high)}, ` +
    `${chance(tokens[tokens.length - 1].running_probability)} at the end.` +
    (marks.length > 0 ? ` Flagged: ${marks.slice(0, MOST_SPOKEN).join(", ")}${marks.length > MOST_SPOKEN ? `, and ${marks.length - MOST_SPOKEN} more` : ""}.` : "")
  );
}

/** Flags that are read out; all of them are in the review below, token by token. */
const MOST_SPOKEN = 12;

/** @param {Read} explanation */
export function lineLegend({ tokens }) {
  /**
   * @param {string} name
   * @param {string} meaning
   */
  const sample = (name, meaning) => element("span", { class: `line-sample ${name}` }, meaning);
  const samples = [sample("line", "P(positive) after each word; dotted: one half")];
  if (tokens.some(({ flags }) => flags.includes("reset"))) samples.push(sample("reset", "reset"));
  if (tokens.some(({ flags }) => flags.includes("rewrite"))) samples.push(sample("rewrite", "rewrite"));
  samples.push(sample("held-words", "words over which the gate is held"));
  return samples;
}

