/** Whether the reset gate is needed: held over a verdict by a slider, and removed altogether. */
import { explain, fetchLabFigures, sweep } from "../../core/api.js";
import { byId, element } from "../../core/dom.js";
import { number, percent, signed } from "../../core/format.js";
import { drawing } from "../drawing.js";
import { live } from "../live.js";
import { reviewLink } from "../review_link.js";
import { HEIGHT, runDrawing } from "../run_drawing.js";
import { slider } from "../slider.js";

/**
 * @typedef {import("../../core/types.js").Sweep} Sweep
 * @typedef {import("../../core/types.js").SweepStop} SweepStop
 * @typedef {"reset" | "update"} GateName
 */

const TEXT =
  "This is a beautiful, funny and moving story with a great cast and a wonderful lead. But the movie is really boring.";
const FIRST_HELD = "But";
const TENTHS = 10;
/** @type {(number | "average")[]} */
const VALUES = [...Array.from({ length: TENTHS + 1 }, (_, tenth) => tenth / TENTHS), "average"];

export function needSection() {
  /** @type {Sweep | null} */
  let response = null;
  /** @type {SweepStop | null} */
  let stop = null;
  byId("need-text").textContent = TEXT;
  reviewLink(byId("need-link"), TEXT);
  const draw = drawing(byId("need-drawing"), HEIGHT, (width) =>
    response ? runDrawing(width, response.tokens.map(({ text }) => text), runs(response, stop), response.first) : [],
  );
  /** @param {SweepStop | null} chosen  null for the run as it was */
  const choose = (chosen) => {
    stop = chosen;
    draw();
    if (response) byId("need-result").textContent = sentence(response, stop);
  };
  const stopAt = (/** @type {number | "average"} */ value) => response?.stops.find((one) => one.value === value) ?? null;
  const value = slider("need-value", (tenths) => number(tenths / TENTHS, 1), () => choose(stopAt(value.value / TENTHS)));
  byId("need-as-it-was").addEventListener("click", () => choose(null));
  byId("need-average").addEventListener("click", () => choose(stopAt("average")));
  const gate = /** @type {HTMLSelectElement} */ (byId("need-gate"));
  const send = live(
    byId("need-runs"),
    byId("need-status"),
    (signal) => held(/** @type {GateName} */ (gate.value), signal),
    (found) => {
      response = found;
      choose(null);
    },
  );
  gate.addEventListener("change", send);
  live(byId("need-measured"), byId("need-measured-status"), fetchLabFigures, showMeasured);
}

/**
 * @param {GateName} gate
 * @param {AbortSignal} signal
 */
async function held(gate, signal) {
  const { tokens } = await explain({ text: TEXT, attribution: false }, signal);
  const first = tokens.findIndex(({ text }) => text === FIRST_HELD);
  return sweep({ text: TEXT, gate, first, last: tokens.length - 1, values: VALUES }, signal);
}

/**
 * @param {Sweep} response
 * @param {SweepStop | null} stop
 */
const runs = ({ as_it_was: plain }, stop) => ({ plain: plain.running, held: stop?.running ?? null });

/**
 * @param {Sweep} response
 * @param {SweepStop | null} stop
 */
function sentence({ as_it_was: plain, gate, model }, stop) {
  const before = `${percent(plain.probability_positive)} positive`;
  if (!stop) return `${model.name} ${model.version} ends at ${before}: ${plain.label}.`;
  const value = stop.value === "average" ? "at their average" : `at ${number(stop.value, 1)}`;
  const turns = stop.label === plain.label ? `the verdict stays ${plain.label}` : `the verdict turns to ${stop.label}`;
  return (
    `With the ${gate} gates ${value} from “${FIRST_HELD}” on it ends at ` +
    `${percent(stop.probability_positive)} positive instead of ${before}: ${turns}.`
  );
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
