/** One step of the served network by hand, checked against the API. */
import { explainStep, fetchInfo } from "../../core/api.js";
import { byId, element } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { debounce } from "../../core/scheduling.js";
import { formulaParts } from "../../explanation/formula.js";
import { live } from "../live.js";
import { slider } from "../slider.js";
import { checkedLines } from "../worked.js";

/** @typedef {import("../../core/types.js").Step} Step */

const TEXT = "Not a good film.";
const FIRST_STEP = 2;
const SETTLED_MILLISECONDS = 90;
const TITLES = { reset: "Reset gate", update: "Update gate", candidate: "Candidate", state: "New state" };

export function stepSection() {
  /** @type {number | null} */
  let units = null;
  const request = async (/** @type {AbortSignal} */ signal) => {
    if (units !== null) return stepOf([unit.value], step.value, signal);
    const [first, info] = await Promise.all([stepOf("top:1", FIRST_STEP, signal), fetchInfo()]);
    units = info.sizes.hidden;
    unit.extend(units - 1, first.units[0].unit);
    step.extend(first.tokens - 1, FIRST_STEP);
    return first;
  };
  const send = live(byId("step-lines"), byId("step-status"), request, show);
  const ask = debounce(send, SETTLED_MILLISECONDS);
  const step = slider("step-token", (value) => String(value + 1), ask);
  const unit = slider("step-unit", (value) => String(value), ask);
}

/**
 * @param {string | number[]} units
 * @param {number} step
 * @param {AbortSignal} signal
 */
const stepOf = (units, step, signal) => explainStep({ text: TEXT, step, units, convention: "pytorch" }, signal);

/** @param {Step} response */
function show({ token, tokens, step, units: [unit], decimals, model }) {
  const lines = checkedLines(unit, decimals);
  const rows = lines.flatMap((line, index) => {
    const head = line.part === lines[index - 1]?.part ? [] : [element("h3", null, TITLES[line.part])];
    return [...head, lineOf(line, decimals)];
  });
  byId("step-lines").replaceChildren(
    element("p", { class: "note" },
      `“${token.text}”, token ${step + 1} of ${tokens} of “${TEXT}”, unit ${unit.unit} of ${model.name} ` +
        `${model.version}. Its state before the word is ${number(unit.before, decimals)}.`),
    ...rows,
  );
  const agreeing = lines.filter(({ agrees }) => agrees).length;
  byId("step-result").textContent =
    agreeing === lines.length
      ? `All ${lines.length} lines, computed here in the page, agree with the network’s.`
      : `${lines.length - agreeing} of ${lines.length} lines, marked ✗, differ from the network’s.`;
}

/**
 * @param {import("../worked.js").CheckedLine} line
 * @param {number} decimals
 */
const lineOf = ({ symbols, filled, result, agrees }, decimals) =>
  element(
    "div",
    { class: agrees ? "worked agrees" : "worked differs" },
    formula(symbols),
    element("span", { class: "filled" }, `= ${filled}`),
    element(
      "span",
      { class: "worked-result" },
      `= ${number(result, decimals)} `,
      element("span", { class: "tick", "aria-hidden": "true" }, agrees ? "✓" : "✗"),
      element("span", { class: "visually-hidden" }, agrees ? ", agrees" : ", differs"),
    ),
  );

/** @param {string} text */
const formula = (text) =>
  element(
    "span",
    { class: "eq" },
    ...formulaParts(text).map(({ text: part, isSubscript }) => (isSubscript ? element("sub", null, part) : part)),
  );
