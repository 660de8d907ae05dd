/** How the explanation is displayed, read from the page for a link and restored from a link. */
import { byId } from "../core/dom.js";
import { pinnedToken, unitNumber, viewRange } from "../core/permalink.js";
import { strongestToken } from "../explanation/words.js";

/** @type {Record<string, string>} */
const PANELS = {
  gates: "gate-panel",
  compare: "compare-panel",
  faithful: "faithfulness-panel",
  step: "step-panel",
  exact: "accounting",
  units: "unit-list",
};

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/permalink.js").Display} Display
 *
 * @typedef {object} Parts
 * @property {import("../core/selection.js").Selection} selection
 * @property {import("../core/view.js").View} view
 * @property {Record<string, import("../core/segments.js").Switch<any>>} switches  by their names in
 *   a link
 * @property {import("./step_panel.js").StepPanel} stepPanel
 * @property {import("./compare_panel.js").ComparePanel} comparePanel
 * @property {import("./unit_card.js").UnitCard} unitCard
 * @property {{readDisplay: () => Display}} story  the gate that is held
 */

/**
 * Read the display from the page. What is at its default is left out.
 * @param {Parts} parts
 * @param {Explanation} explanation
 * @returns {Display}
 */
export function readDisplay({ selection, view, switches, stepPanel, comparePanel, unitCard, story }, explanation) {
  const display = story.readDisplay();
  const { pinned } = selection.value;
  if (pinned !== strongestToken(explanation)) display.token = pinned === null ? "none" : String(pinned);
  if (!view.isWhole) display.view = `${view.value.first}-${view.value.last}`;
  for (const [name, control] of Object.entries(switches)) {
    if (!control.isFirst) display[name] = control.value;
  }
  const open = Object.keys(PANELS).filter((name) => panel(name).open);
  if (open.length > 0) display.open = open.join(",");
  if (stepPanel.units !== stepPanel.defaultUnits) display.worked = stepPanel.units;
  if (unitCard.unit !== null) display.unit = String(unitCard.unit);
  if (comparePanel.against !== "") display.against = comparePanel.against;
  else if (comparePanel.other !== "") display.other = comparePanel.other;
  return display;
}

/**
 * Restore what does not depend on the review, before it is requested.
 * @param {Parts} parts
 * @param {Display} display
 */
export function restoreSwitches({ switches, stepPanel, comparePanel }, display) {
  for (const [name, control] of Object.entries(switches)) control.restore(display[name]);
  const open = (display.open ?? "").split(",");
  for (const name of Object.keys(PANELS)) panel(name).open = open.includes(name);
  stepPanel.units = display.worked ?? stepPanel.defaultUnits;
  comparePanel.other = display.other ?? "";
  comparePanel.against = display.against ?? "";
}

/**
 * Restore what depends on the review: the pinned token, the range in view and the unit.
 * @param {Parts} parts
 * @param {Display} display
 * @param {Explanation} explanation
 */
export function restorePosition({ selection, view, unitCard }, display, explanation) {
  const pinned = pinnedToken(display, explanation.tokens.length);
  selection.pin(pinned === undefined ? strongestToken(explanation) : pinned, "result");
  const unit = unitNumber(display);
  if (unit !== null) unitCard.open(unit, explanation.convention);
  const range = viewRange(display);
  if (range) view.showRange(range.first, range.last);
}

/** @param {string} name */
const panel = (name) => /** @type {HTMLDetailsElement} */ (byId(PANELS[name]));
