/** The page: one question at a time, its answer shown in every view. */
import { ApiProblem, explain, fetchExamples, fetchInfo } from "./api.js";
import { tokensThatFit, View } from "./axis.js";
import { Charts } from "./charts.js";
import { Composer } from "./composer.js";
import { Detail } from "./detail.js";
import { byId, showProblem, whenQuiet } from "./dom.js";
import { GatePanel } from "./gatepanel.js";
import { HeatMap } from "./heatmap.js";
import { showEntries, showLedger } from "./ledger.js";
import { readLook, restorePlace, restoreSwitches } from "./look.js";
import { onNavigate, recall, remember } from "./permalink.js";
import { loadPlotly } from "./plotly.js";
import { segments } from "./segments.js";
import { Selection } from "./selection.js";
import { StepView } from "./stepview.js";
import { Strip } from "./strip.js";
import { NumberTable } from "./table.js";
import { showVerdict } from "./verdict.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./permalink.js").Question} Question
 */

const selection = new Selection();
const view = new View();
const composer = new Composer((text) => ask({ text, convention: convention.value }, "push"));
const strip = new Strip(selection, () => note(), askEffects);
const charts = new Charts(byId("charts"), selection, view);
const heatMap = new HeatMap(selection, view);
const detail = new Detail(selection);
const gatePanel = new GatePanel(selection, view, () => note());
const stepView = new StepView(selection, () => note());
const table = new NumberTable();

/** @type {Explanation | null} */
let shown = null;
/** Aborts whatever is on its way when something newer is asked for. */
let asking = new AbortController();
let askingUnits = new AbortController();
let askingEffects = new AbortController();
/**
 * Where a link or the history wants the next answer to be looked at.
 * @type {import("./permalink.js").Look | null}
 */
let wanted = null;

const convention = segments(
  byId("convention"),
  [
    { value: "pytorch", label: "PyTorch: z, 1 = keep the old state" },
    { value: "course", label: "Course: u = 1 − z, 1 = take the candidate" },
  ],
  (chosen) => shown && ask({ text: shown.text, convention: chosen }, "replace"),
);
const gate = segments(
  byId("gate"),
  [
    { value: "reset", label: "Reset" },
    { value: "update", label: "Update" },
  ],
  (gate) => {
    note();
    heatMap.switchTo(gate);
  },
);
const units = segments(
  byId("units"),
  [
    { value: "top", label: "Top units" },
    { value: "all", label: "All units" },
  ],
  () => {
    note();
    if (shown) askUnits(shown);
  },
);
const zoom = segments(
  byId("zoom"),
  [
    { value: "whole", label: "Whole review" },
    { value: "close", label: "Close-up" },
  ],
  zoomIn,
);

const parts = {
  selection,
  view,
  stepView,
  switches: { colour: strip.colouring, gate, units, hold: gatePanel.hold, scope: gatePanel.scope },
};

const QUIET_MILLISECONDS = 250;
/** Keep the address in step with how the reader looks at the answer. */
const note = whenQuiet(() => {
  if (shown) noteNow("replace");
}, QUIET_MILLISECONDS);
selection.subscribe((look, before) => look.pinned !== before.pinned && note());
view.subscribe(note);

/** @param {"push" | "replace"} how */
function noteNow(how) {
  const { text, convention } = shown;
  remember({ text, convention, look: readLook(parts, shown) }, how);
}

/**
 * Ask for an explanation and show it, or the reason why there is none.
 * @param {{text: string, convention: import("./api.js").Convention}} question
 * @param {"push" | "replace" | "keep"} history  what to do with the address
 */
async function ask({ text, convention: sense }, history) {
  asking.abort();
  askingUnits.abort();
  askingEffects.abort();
  asking = new AbortController();
  const { signal } = asking;
  setBusy(true);
  try {
    const explanation = await explain({ text, convention: sense }, signal);
    composer.showProblem(null);
    showProblem(byId("strip-problem"), null);
    show(explanation);
    if (history !== "keep") noteNow(history);
    if (history === "push") bringIntoView();
    await Promise.all([charts.show(explanation).catch(mention), askUnits(explanation)]);
  } catch (error) {
    if (signal.aborted) return;
    report(error);
  } finally {
    if (!signal.aborted) setBusy(false);
  }
}

/** @param {Explanation} explanation */
function show(explanation) {
  const sameText = shown?.text === explanation.text;
  shown = explanation;
  document.body.dataset.notation = explanation.convention;
  byId("result").hidden = false;
  showVerdict(explanation);
  showLedger(explanation);
  showEntries(explanation, selection);
  if (!sameText) {
    gatePanel.show(null);
    stepView.show(null);
    selection.pin(null, "result");
    selection.lookAtUnit(null);
    heatMap.clear();
    view.reset(explanation.tokens.map(({ text }) => text));
    zoom.choose("whole");
    byId("zoom").hidden = explanation.tokens.length <= tokensThatFit(charts.plotWidth);
  }
  strip.show(explanation);
  detail.show(explanation);
  table.show(explanation);
  if (!sameText || wanted) restorePlace(parts, wanted ?? {}, explanation);
  wanted = null;
  gatePanel.show(explanation);
  stepView.show(explanation);
}

/**
 * The effects of each token's own gates take a run for every token, so they wait to be asked for.
 * @param {Explanation} explanation
 */
async function askEffects({ text, convention }) {
  askingEffects.abort();
  askingEffects = new AbortController();
  const { signal } = askingEffects;
  try {
    shown = await explain({ text, convention, effects: true }, signal);
    showProblem(byId("strip-problem"), null);
    strip.show(shown);
    detail.show(shown);
    table.show(shown);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    showProblem(byId("strip-problem"), error);
    strip.giveUpEffects();
  }
}

const ROW_ORDER = {
  top: "those with the largest |head weight × final state| first",
  all: "in the network’s order",
};

/**
 * The heat map's own question: its answer is larger, and may be refused when the rest is not.
 * @param {Explanation} explanation
 */
async function askUnits({ text, convention }) {
  askingUnits.abort();
  askingUnits = new AbortController();
  const { signal } = askingUnits;
  byId("heat").ariaBusy = "true";
  try {
    const explanation = await explain({ text, convention, units: units.value }, signal);
    await heatMap.show(explanation, ROW_ORDER[units.value]);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    heatMap.fail(error);
  } finally {
    if (!signal.aborted) byId("heat").ariaBusy = "false";
  }
}

/**
 * Show a problem at the review box.
 * @param {unknown} error  raised again if it is no problem but a mistake of ours
 */
function mention(error) {
  if (!(error instanceof ApiProblem)) throw error;
  composer.showProblem(error);
}

/** @param {unknown} error  for which there is no answer to show */
function report(error) {
  byId("result").hidden = true;
  shown = null;
  mention(error);
}

/** On a small screen the answer lies below the fold. */
function bringIntoView() {
  const { top } = byId("result").getBoundingClientRect();
  if (top > 0.75 * innerHeight) byId("result").scrollIntoView();
}

/** @param {boolean} busy */
function setBusy(busy) {
  composer.showBusy(busy);
  byId("progress").hidden = !busy;
  byId("result").ariaBusy = String(busy);
}

function zoomIn() {
  if (zoom.value === "whole") view.showAll();
  else view.showAround(selection.active ?? 0, tokensThatFit(charts.plotWidth));
}

/** The close-up follows the reader, unless it is the figure itself that the pointer is on. */
selection.subscribe(({ origin }) => {
  const { first, last } = view.value;
  const { active } = selection;
  if (zoom.value === "close" && origin !== "figure" && active !== null && (active < first || active > last)) {
    zoomIn();
  }
});
view.subscribe(() => zoom.choose(view.isWhole ? "whole" : "close"));

addEventListener("keydown", (event) => {
  if (event.key === "Escape") selection.pin(null, "result");
});

/** @param {Question | null} question */
function open(question) {
  composer.write(question?.text ?? "");
  if (question) {
    convention.choose(question.convention);
    wanted = question.look;
    restoreSwitches(parts, wanted);
    heatMap.switchTo(gate.value);
    ask(question, "keep");
  } else {
    asking.abort();
    setBusy(false);
    composer.showProblem(null);
    byId("result").hidden = true;
    shown = null;
  }
}

/** Name the model, its units and its limits. */
async function furnish() {
  const { model, sizes, limits, defaults } = await fetchInfo();
  byId("model").textContent = `${model.name} ${model.version}`;
  units.relabel("top", `Top ${defaults.top_units} units`);
  units.relabel("all", `All ${sizes.hidden} units`);
  composer.setLimits(limits);
}

onNavigate(open);
furnish().catch(mention);
fetchExamples().then((examples) => composer.offer(examples), mention);
loadPlotly().catch(mention);
open(recall());
