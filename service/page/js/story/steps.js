/** The steps of the story: reviews with a gate held, and what to learn where it comes true. */
import { linkTo } from "../core/permalink.js";
import { keepingUpdate } from "../explanation/gates.js";
import { chance } from "./account.js";
import { AS_IT_WAS, AVERAGE, HARDLY, meanGate, runAt } from "./held.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Sweep} Sweep
 * @typedef {import("../core/types.js").Gate} Gate
 * @typedef {import("../core/types.js").Convention} Convention
 * @typedef {import("../core/permalink.js").Question} Question
 *
 * @typedef {object} Place  of the story
 * @property {string} label  of its link
 * @property {string} text
 * @property {Gate} gate
 * @property {(convention: Convention) => string} at  key of the stop
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {Place[]} places
 * @property {(explanation: Pick<Explanation, "tokens" | "probabilities">, sweep: Sweep) => string} remark
 *   made of the responses; empty if their figures do not bear it out
 */

const PRAISE = "This is a beautiful, funny and moving story with a great cast and a wonderful lead.";
const BLAME = "This is a sad and dull story with a weak cast and a poor lead.";
const PLOT = "The story follows a young lawyer who returns to the town of her uncle.";
const BORING = "But the movie is really boring.";
const WONDERFUL = "But the movie is really wonderful.";

/** The review that the page opens with. */
export const OPENING = `${PRAISE} ${BORING}`;

const HALF = 0.5;
/** Of the mean of a gate over all units. */
const NEARLY_SHUT = 0.25;
const OPEN = "1";
const SHUT = "0";

const open = () => OPEN;
/** @param {Convention} convention */
const closed = (convention) => String(keepingUpdate(convention));

/**
 * P(positive) at the end, at a stop.
 * @param {Sweep} sweep
 * @param {string} key
 */
const ending = (sweep, key) => runAt(sweep, key).probability_positive;

/**
 * Whether the verdict at a stop is another than it was.
 * @param {Sweep} sweep
 * @param {string} key
 */
const turns = (sweep, key) => runAt(sweep, key).label !== sweep.as_it_was.label;

/** @type {Step[]} */
export const STEPS = [
  {
    name: "praise",
    places: [{ label: "Hear the praise", text: PRAISE, gate: "reset", at: () => AS_IT_WAS }],
    remark: ({ probabilities: { positive } }) =>
      positive > HALF
        ? `The first sentence alone ends at P(positive) = ${chance(positive)}. The second one follows; hold its reset gate open, and see whether the praise is still heard.`
        : "",
  },
  {
    name: "open",
    places: [{ label: "Open the reset gate", text: OPENING, gate: "reset", at: open }],
    remark: (_, sweep) =>
      turns(sweep, OPEN)
        ? "The reset gate decides how much of the old state enters what is written next. With all of it let in, the praise is still heard at the end."
        : "",
  },
  {
    name: "fair",
    places: [
      { label: "Be fair: at its average", text: OPENING, gate: "reset", at: () => AVERAGE },
      { label: "shut", text: OPENING, gate: "reset", at: () => SHUT },
    ],
    remark: (_, sweep) => {
      const [was, average, shut] = [AS_IT_WAS, AVERAGE, SHUT].map((key) => ending(sweep, key));
      const figures = `At its average it ends at ${chance(average)}, shut at ${chance(shut)}, as it was at ${chance(was)}.`;
      const isLessSure = Math.abs(was - HALF) - Math.abs(shut - HALF) > HARDLY;
      return isLessSure
        ? `${figures} The network was not trained with all gates at 1, but it often has them at their average. And shut, when nothing old enters what is written, it is less sure than it was: forgetting is not the whole story.`
        : figures;
    },
  },
  {
    name: "update",
    places: [{ label: "Close the update gate", text: OPENING, gate: "update", at: closed }],
    remark: (_, sweep) =>
      turns(sweep, closed(sweep.convention))
        ? "Nothing is written from there on, so the state stays that of the praise. The reset gate shapes what could be written, the update gate whether it is: writing needs both."
        : "",
  },
  {
    name: "plot",
    places: [{ label: "A plot in the praise’s place", text: `${PLOT} ${BORING}`, gate: "reset", at: open }],
    remark: ({ tokens }, sweep) => {
      const change = Math.abs(ending(sweep, OPEN) - ending(sweep, AS_IT_WAS));
      const mean = meanGate(tokens, "reset", sweep);
      if (turns(sweep, OPEN) || change >= HARDLY || mean >= NEARLY_SHUT) return "";
      return `As it was, the mean of the gate over these words is ${chance(mean)}: nearly shut. Yet opening it hardly matters, for there is no praise to let in. A gate’s value is not a cause.`;
    },
  },
  {
    name: "mirror",
    places: [
      { label: "The mirror: blame, then “wonderful”", text: `${BLAME} ${WONDERFUL}`, gate: "reset", at: open },
      { label: "as it was", text: `${BLAME} ${WONDERFUL}`, gate: "reset", at: () => AS_IT_WAS },
    ],
    remark: (_, sweep) => {
      const [was, opened] = [ending(sweep, AS_IT_WAS), ending(sweep, OPEN)];
      if (was - opened < HARDLY) return "";
      return `As it was it ends at ${chance(was)}, with the gate open at ${chance(opened)}: open gates let the blame in as they let in the praise.`;
    },
  },
];

/**
 * The question that the link of a place opens.
 * @param {Place} place
 * @param {Convention} convention
 * @returns {Question}
 */
export function questionOfPlace({ text, gate, at }, convention) {
  const key = at(convention);
  return { text, convention, display: { ...(gate !== "reset" && { held: gate }), ...(key !== AS_IT_WAS && { at: key }) } };
}

/**
 * @param {Place} place
 * @param {Convention} convention
 * @returns {string}
 */
export function linkOfPlace(place, convention) {
  const link = linkTo(questionOfPlace(place, convention));
  if (link === null) throw new Error(`The text of “${place.label}” is too long for a link`);
  return link;
}

/**
 * Whether a place is what the page shows.
 * @param {Place} place
 * @param {{text: string, convention: Convention, gate: Gate, at: string}} shown
 */
export const isShown = ({ text, gate, at }, shown) =>
  text === shown.text && gate === shown.gate && at(shown.convention) === shown.at;
