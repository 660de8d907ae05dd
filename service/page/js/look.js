/**
 * How the reader looks at an answer, as a few words that a link can hold: the pinned token, the
 * part in view, the switches, the open panels and what is held. What is at its default is left out.
 */
import { byId } from "./dom.js";
import { strongestToken } from "./ledger.js";

const PANELS = { gates: "gate-panel", compare: "compare-panel", faithful: "faithful-panel", step: "step-panel" };

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./permalink.js").Look} Look
 * @typedef {ReturnType<typeof import("./segments.js").segments>} Switch
 *
 * @typedef {object} Parts
 * @property {import("./selection.js").Selection} selection
 * @property {import("./axis.js").View} view
 * @property {Record<string, Switch>} switches  by their names in a link
 * @property {import("./stepview.js").StepView} stepView
 * @property {import("./compare.js").ComparePanel} comparePanel
 * @property {import("./unitcard.js").UnitCard} unitCard
 */

/**
 * @param {Parts} parts
 * @param {Explanation} explanation
 * @returns {Look}
 */
export function readLook({ selection, view, switches, stepView, comparePanel, unitCard }, explanation) {
  /** @type {Look} */
  const look = {};
  const { pinned } = selection.value;
  if (pinned !== strongestToken(explanation)) look.token = pinned === null ? "none" : String(pinned);
  if (!view.isWhole) look.view = `${view.value.first}-${view.value.last}`;
  for (const [name, control] of Object.entries(switches)) {
    if (!control.isFirst) look[name] = control.value;
  }
  const open = Object.keys(PANELS).filter((name) => panel(name).open);
  if (open.length > 0) look.open = open.join(",");
  if (stepView.units !== stepView.defaultUnits) look.worked = stepView.units;
  if (unitCard.unit !== null) look.unit = String(unitCard.unit);
  if (comparePanel.other !== "") look.other = comparePanel.other;
  return look;
}

/**
 * Set what does not depend on the review, before it is asked about.
 * @param {Parts} parts
 * @param {Look} look
 */
export function restoreSwitches({ switches, stepView, comparePanel }, look) {
  for (const [name, control] of Object.entries(switches)) control.restore(look[name]);
  const open = (look.open ?? "").split(",");
  for (const name of Object.keys(PANELS)) panel(name).open = open.includes(name);
  stepView.units = look.worked ?? stepView.defaultUnits;
  comparePanel.other = look.other ?? "";
}

/**
 * Set what does: the pinned token and the part in view.
 * @param {Parts} parts
 * @param {Look} look
 * @param {Explanation} explanation
 */
export function restorePlace({ selection, view, unitCard }, look, explanation) {
  const token = Number(look.token ?? Number.NaN);
  const exists = Number.isInteger(token) && token >= 0 && token < explanation.tokens.length;
  const unpinned = look.token === "none";
  selection.pin(unpinned ? null : exists ? token : strongestToken(explanation), "result");
  if (/^[0-9]{1,6}$/.test(look.unit ?? "")) unitCard.open(Number(look.unit), explanation.convention);
  const [first, last] = (look.view ?? "").split("-").map(Number);
  if (Number.isInteger(first) && Number.isInteger(last) && first <= last) view.showRange(first, last);
}

/** @param {string} name */
const panel = (name) => /** @type {HTMLDetailsElement} */ (byId(PANELS[name]));
