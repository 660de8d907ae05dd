/** Whether the reset gate is needed: held at several values over a verdict, and removed altogether. */
import { explain, fetchLabFigures, sweep } from "../../core/api.js";
import { byId, bodyRow, element, headRow } from "../../core/dom.js";
import { number, percent, signed } from "../../core/format.js";
import { live } from "../live.js";
import { reviewLink } from "../review_link.js";

/** @typedef {import("../../core/types.js").Sweep} Sweep */

const TEXT =
  "The photography is gorgeous and the lead gives a wonderful performance. But the movie is really boring.";
const FIRST_HELD = "But";
/** @type {(number | "average")[]} */
const VALUES = [1, "average", 0];
/** @type {Record<string, string>} */
const NAMES = { 1: "open (1)", average: "at its average", 0: "shut (0)" };

export function needSection() {
  byId("need-text").textContent = TEXT;
  reviewLink(byId("need-link"), TEXT);
  live(byId("need-runs"), byId("need-status"), held, showRuns);
  live(byId("need-measured"), byId("need-measured-status"), fetchLabFigures, showMeasured);
}

/** @param {AbortSignal} signal */
async function held(signal) {
  const { tokens } = await explain({ text: TEXT, attribution: false }, signal);
  const first = tokens.findIndex(({ text }) => text === FIRST_HELD);
  return sweep({ text: TEXT, gate: "reset", first, last: tokens.length - 1, values: VALUES }, signal);
}

/** @param {Sweep} response */
function showRuns({ as_it_was: plain, stops, model }) {
  byId("need-table").replaceChildren(
    headRow(["reset gates from “But” on", "P(positive)", "verdict"]),
    element(
      "tbody",
      null,
      bodyRow("as they were", [percent(plain.probability_positive), plain.label]),
      ...stops.map((stop) => bodyRow(NAMES[stop.value], [percent(stop.probability_positive), stop.label])),
    ),
  );
  const turned = stops.filter(({ label }) => label !== plain.label).map(({ value }) => NAMES[value]);
  byId("need-result").textContent =
    turned.length > 0
      ? `In ${model.name} ${model.version} the verdict turns with the gates ${turned.join(" and ")}.`
      : `In ${model.name} ${model.version} none of these turns the verdict.`;
}

/**
 * @typedef {{mean: number, low: number, high: number, n: number}} Estimate
 * @param {{measured: {models: Record<string, string>, date: string},
 *   flips_undone: Record<string, {flips: number, share: Record<string, Estimate>}>,
 *   without_reset_minus_gru: Estimate}} figures
 */
function showMeasured({ measured: { models, date }, flips_undone: undone, without_reset_minus_gru: without }) {
  const lines = Object.entries(undone).map(
    ([model, { flips, share }]) =>
      `${model} ${models[model]}: of ${flips} verdicts that turned a plot’s praise or blame, open reset gates ` +
      `undo ${percent(share["reset at 1"].mean)}, reset gates at their average ${percent(share["reset at average"].mean)}.`,
  );
  const points = (/** @type {number} */ share) => signed(100 * share, 1);
  byId("need-measured").replaceChildren(
    ...lines.map((text) => element("p", null, text)),
    element("p", null,
      `Trained without reset gates, a small network’s accuracy on reviews differs by ${points(without.mean)} ` +
        `percentage points (${points(without.low)} to ${points(without.high)}, ${number(without.n, 0)} trainings each).`),
    element("p", { class: "note" }, `Measured on ${date}.`),
  );
}
