/** The page: one question at a time, its answer shown in every view. */
import { ApiProblem, explain, explainAll, fetchExamples, fetchInfo } from "./api.js";
import { View } from "./axis.js";
import { Charts } from "./charts.js";
import { COLOURINGS } from "./colouring.js";
import { ComparePanel } from "./compare.js";
import { Composer } from "./composer.js";
import { Detail } from "./detail.js";
import { byId, showProblem, whenQuiet } from "./dom.js";
import { FaithfulPanel } from "./faithful.js";
import { GatePanel } from "./gatepanel.js";
import { HeatMap } from "./heatmap.js";
import { showEntries, showLedger } from "./ledger.js";
import { readLook, restorePlace, restoreSwitches } from "./look.js";
import { onNavigate, recall, remember } from "./permalink.js";
import { CHART_WIDTH, drawPicture } from "./picture.js";
import { loadPlotly } from "./plotly.js";
import { saveMenu } from "./save.js";
import { segments } from "./segments.js";
import { Selection } from "./selection.js";
import { StepView } from "./stepview.js";
import { Strip } from "./strip.js";
import { NumberTable } from "./table.js";
import { UnitCard } from "./unitcard.js";
import { showVerdict } from "./verdict.js";
import { zoom } from "./zoom.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./permalink.js").Question} Question
 */

const selection = new Selection();
const view = new View();
const composer = new Composer((text) => ask({ text, convention: convention.value }, "push"));
const strip = new Strip(selection, () => note(), askMore);
const charts = new Charts(byId("charts"), selection, view);
const heatMap = new HeatMap(selection, view);
const detail = new Detail(selection);
const gatePanel = new GatePanel(selection, view, () => note());
const stepView = new StepView(selection, () => note());
const comparePanel = new ComparePanel(() => note());
const faithfulPanel = new FaithfulPanel(() => note());
const unitCard = new UnitCard(() => convention.value, () => note());
const table = new NumberTable();

/** @type {Explanation | null} */
let shown = null;
/** Aborts whatever is on its way when something newer is asked for. */
let asking = new AbortController();
let askingUnits = new AbortController();
let askingMore = new AbortController();
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
const zooming = zoom(selection, view, () => charts.plotWidth);
saveMenu(questionShown, async () =>
  drawPicture(shown, COLOURINGS[strip.colouring.value], await charts.images(CHART_WIDTH)),
);

const panels = [gatePanel, comparePanel, faithfulPanel, stepView];
const parts = {
  selection,
  view,
  stepView,
  comparePanel,
  unitCard,
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
  askingMore.abort();
  asking = new AbortController();
  const { signal } = asking;
  setBusy(true);
  try {
    const { explanation, refusal } = await explainAll({ text, convention: sense, units: units.value }, signal);
    composer.showProblem(null);
    showProblem(byId("strip-problem"), null);
    show(explanation);
    if (history !== "keep") noteNow(history);
    if (history === "push") bringIntoView();
    const drawn = refusal ? heatMap.fail(refusal) : heatMap.show(explanation, ROW_ORDER[units.value]);
    await Promise.all([charts.show(explanation), drawn]).catch(mention);
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
    for (const panel of panels) panel.show(null);
    if (!wanted) comparePanel.other = "";
    selection.pin(null, "result");
    selection.lookAtUnit(null);
    heatMap.clear();
    view.reset(explanation.tokens.map(({ text }) => text));
    zooming.begin(explanation.tokens.length);
  }
  strip.show(explanation);
  detail.show(explanation);
  table.show(explanation);
  if (!sameText || wanted) restorePlace(parts, wanted ?? {}, explanation);
  wanted = null;
  for (const panel of panels) panel.show(explanation);
}

/**
 * The effects of each token's own gates take a run for every token, credit a pass of its own: they
 * wait to be asked for.
 * @param {"effects" | "credit"} what
 */
async function askMore(what) {
  askingMore.abort();
  askingMore = new AbortController();
  const { signal } = askingMore;
  try {
    shown = await explain({ ...questionShown(), holds: [], [what]: true }, signal);
    showProblem(byId("strip-problem"), null);
    strip.show(shown);
    detail.show(shown);
    table.show(shown);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    showProblem(byId("strip-problem"), error);
    strip.giveUp();
  }
}

/** The question that all that is shown answers, as the API takes it. */
function questionShown() {
  const { text, convention, tokens } = shown;
  const [{ effects, credit }] = tokens;
  return { text, convention, effects: effects !== null, credit: credit !== null, holds: gatePanel.holds };
}

const ROW_ORDER = {
  top: "those with the largest |head weight × final state| first",
  all: "in the network’s order",
};

/**
 * The heat map's own question, when other units are chosen.
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
  byId("heat").ariaBusy = String(busy);
}

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
