/** A gate held over some words: the values it can take, and what becomes of the prediction. */
import { chance, quoted } from "./account.js";

/**
 * @typedef {import("../core/types.js").Sweep} Sweep
 * @typedef {import("../core/types.js").Gate} Gate
 * @typedef {import("../core/types.js").Convention} Convention
 * @typedef {import("../core/view.js").Range} Range
 *
 * @typedef {Pick<Sweep["as_it_was"], "probability_positive" | "label" | "running">} Run
 *
 * @typedef {string} Key  of a stop: "was", "average" or a number, as in a link
 */

export const AS_IT_WAS = "was";
export const AVERAGE = "average";
/** Smaller changes of P(positive) are said to hardly matter. */
export const HARDLY = 0.1;

const TENTHS = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

/**
 * The stops of the slider in order: eleven values, and among them the two at which each unit has a
 * value of its own. “As it was” stands at its mean, the average next to it.
 * @param {number} mean  of the gate as it was, over the range
 * @returns {Key[]}
 */
export function stopsOf(mean) {
  const below = TENTHS.filter((value) => value <= mean);
  const above = TENTHS.slice(below.length);
  return [...below.map(String), AS_IT_WAS, AVERAGE, ...above.map(String)];
}

/**
 * The mean of a gate over a range of tokens.
 * @param {readonly import("../core/types.js").Token[]} tokens
 * @param {Gate} gate
 * @param {Range} range
 */
export function meanGate(tokens, gate, { first, last }) {
  let sum = 0;
  for (let index = first; index <= last; index++) sum += tokens[index][gate].mean;
  return sum / (last - first + 1);
}

/**
 * The run at a stop.
 * @param {Sweep} sweep
 * @param {Key} key
 * @returns {Run}
 */
export function runAt(sweep, key) {
  if (key === AS_IT_WAS) return sweep.as_it_was;
  const stop = sweep.stops.find(({ value }) => String(value) === key);
  if (!stop) throw new Error(`The sweep has no stop at ${key}`);
  return stop;
}

/**
 * A value of a gate in words.
 * @param {Gate} gate
 * @param {Key} key
 * @param {Convention} convention
 */
export function valueWords(gate, key, convention) {
  if (key === AS_IT_WAS) return "as it was";
  if (key === AVERAGE) return "at its average";
  const meaning = EXTREMES[gate][convention][key];
  return `at ${key}${meaning ? ` (${meaning})` : ""}`;
}

/** @type {Record<Gate, Record<Convention, Record<string, string>>>} */
const EXTREMES = {
  reset: { pytorch: { 0: "shut", 1: "open" }, chung2014: { 0: "shut", 1: "open" } },
  update: {
    pytorch: { 0: "keeps nothing", 1: "writes nothing" },
    chung2014: { 0: "writes nothing", 1: "keeps nothing" },
  },
};

/**
 * Where a range lies, in words.
 * @param {readonly {text: string}[]} tokens
 * @param {Range} range
 */
export function rangeWords(tokens, { first, last }) {
  if (first === 0 && last === tokens.length - 1) return "over all of it";
  if (first === last) return `at ${quoted(tokens[first].text)}`;
  const end = last === tokens.length - 1 ? "the end" : quoted(tokens[last].text);
  return `from ${quoted(tokens[first].text)} to ${end}`;
}

/**
 * What holding the gate did, as a sentence.
 * @param {Sweep} sweep
 * @param {Key} key
 * @returns {string}
 */
export function heldSentence(sweep, key) {
  const { gate, convention, tokens, first, last, as_it_was: was } = sweep;
  const run = runAt(sweep, key);
  const where = rangeWords(tokens, { first, last });
  const lead = `With the ${gate} gate ${valueWords(gate, key, convention)} ${where}`;
  const figures = `P(positive) ends at ${chance(run.probability_positive)} instead of ${chance(was.probability_positive)}`;
  return sweep.undecided ? `${lead}, ${figures}.` : `${lead}, ${figures}: ${outcome(run, was)}.`;
}

/**
 * @param {Run} run
 * @param {Run} was
 */
function outcome(run, was) {
  if (run.label !== was.label) return `the verdict turns to ${run.label}`;
  const change = Math.abs(run.probability_positive - was.probability_positive);
  if (change < HARDLY) return "that hardly matters";
  const sure = Math.abs(run.probability_positive - 0.5) > Math.abs(was.probability_positive - 0.5) ? "more" : "less";
  return `still ${run.label}, but ${sure} sure`;
}
