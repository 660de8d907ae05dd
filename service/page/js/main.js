/** The page: requests explanations and shows them in all views. */
import { HeatMap } from "./charts/heat_map.js";
import { CHART_WIDTH, drawPicture } from "./charts/picture.js";
import { TokenCharts } from "./charts/token_charts.js";
import { explain, explainWithUnits, fetchExamples, fetchInfo } from "./core/api.js";
import { byId, showProblem } from "./core/dom.js";
import { onNavigate, recall } from "./core/history.js";
import { LatestRequest } from "./core/latest_request.js";
import { CONVENTIONS, GATES, UNITS, UNIT_ORDER } from "./core/options.js";
import { questionOf } from "./core/permalink.js";
import { ApiProblem } from "./core/problem.js";
import { debounce, nextPaint } from "./core/scheduling.js";
import { segments } from "./core/segments.js";
import { Selection } from "./core/selection.js";
import { View } from "./core/view.js";
import { COLOURINGS } from "./explanation/colouring.js";
import { Accounting } from "./panels/accounting.js";
import { Address, ARRIVAL } from "./panels/address.js";
import { ComparePanel } from "./panels/compare_panel.js";
import { Composer } from "./panels/composer.js";
import { copyLink } from "./panels/copy_link.js";
import { restorePosition, restoreSwitches } from "./panels/display.js";
import { FaithfulnessPanel } from "./panels/faithfulness_panel.js";
import { GatePanel } from "./panels/gate_panel.js";
import { NumberTable } from "./panels/number_table.js";
import { saveMenu } from "./panels/save_menu.js";
import { StepPanel } from "./panels/step_panel.js";
import { TokenDetails } from "./panels/token_details.js";
import { TokenHighlight } from "./panels/token_highlight.js";
import { UnitCard } from "./panels/unit_card.js";
import { UnitList } from "./panels/unit_list.js";
import { showPrediction, titleOf } from "./panels/prediction.js";
import { showTopWords } from "./panels/top_words.js";
import { zoom } from "./panels/zoom.js";
import { StoryPanel } from "./story/story_panel.js";

/**
 * @typedef {import("./core/types.js").Explanation} Explanation
 * @typedef {import("./core/permalink.js").Question} Question
 */

const selection = new Selection();
const view = new View();
const composer = new Composer((text) => submit(text), retry);
const story = new StoryPanel(() => updateLink(), follow);
const highlight = new TokenHighlight(selection, {
  onChange: () => updateLink(),
  requestField: readWith,
  onBuild: (words) => story.place(words),
  onEdit: (place) => composer.edit(place),
});
const charts = new TokenCharts(byId("charts"), selection, view);
const heatMap = new HeatMap(selection, view);
const details = new TokenDetails(selection);
const gatePanel = new GatePanel(selection, view, () => updateLink());
const stepPanel = new StepPanel(selection, () => updateLink());
const comparePanel = new ComparePanel(() => updateLink());
const faithfulnessPanel = new FaithfulnessPanel(() => updateLink());
const unitCard = new UnitCard(
  () => convention.value,
  () => shown?.model.id ?? "",
  () => updateLink(),
  follow,
);
const unitList = new UnitList(() => updateLink());
const accounting = new Accounting();
const table = new NumberTable();

/** @type {Explanation | null} */
let shown = null;
/**
 * What was requested last and how it was to be displayed, to try it again.
 * @type {{request: Parameters<typeof read>, display: import("./core/permalink.js").Display | null} | null}
 */
let last = null;
let reading = new AbortController();
const unitsRequest = new LatestRequest(byId("heat"), byId("heat-problem"), () => heatMap.hide());
const fieldRequest = new LatestRequest(byId("token-highlight"), byId("highlight-problem"), () =>
  highlight.resetColouring(),
);
/**
 * The display of a link or history entry that is being opened.
 * @type {import("./core/permalink.js").Display | null}
 */
let restoring = null;

const convention = segments(
  byId("convention"),
  CONVENTIONS,
  (chosen) => shown && read({ text: shown.text, convention: chosen }, "replace"),
);
const gate = segments(byId("gate"), GATES, (chosen) => {
  updateLink();
  heatMap.switchTo(chosen);
});
const units = segments(byId("units"), UNITS, () => {
  updateLink();
  if (shown) readUnits(shown);
});
const zooming = zoom(selection, view, () => charts.plotWidth);
saveMenu(
  () => requestOf(shownExplanation()),
  () => {
    const explanation = shownExplanation();
    const images = charts.images(explanation, CHART_WIDTH);
    return drawPicture(explanation, COLOURINGS[highlight.colouring.value], images);
  },
);

const panels = [gatePanel, comparePanel, unitList, faithfulnessPanel, stepPanel];
const parts = {
  selection,
  view,
  stepPanel,
  comparePanel,
  unitCard,
  story,
  switches: {
    colour: highlight.colouring,
    gate,
    units,
    intervention: gatePanel.intervention,
    scope: gatePanel.scope,
  },
};
const address = new Address(parts);
copyLink(() => address.questionOf(shownExplanation()));

const QUIET_MILLISECONDS = 250;
/** Keep the address in step with the display. */
const updateLink = debounce(() => {
  if (shown) address.remember(shown, "replace");
}, QUIET_MILLISECONDS);
selection.subscribe((state, before) => state.pinned !== before.pinned && updateLink());
view.subscribe(updateLink);

/** @returns {Explanation} */
function shownExplanation() {
  if (!shown) throw new Error("No explanation is shown");
  return shown;
}

/** @param {string} text  that the reader wrote or chose */
function submit(text) {
  restoring = null;
  read({ text, convention: convention.value }, "push");
}

/** Send the last request again. */
function retry() {
  if (!last) return;
  restoring = last.display;
  read(...last.request);
}

/**
 * Request an explanation and show it, or the reason why there is none.
 * @param {{text: string, convention: import("./core/types.js").Convention}} question
 * @param {"push" | "replace" | "keep"} history  what to do with the address
 */
async function read({ text, convention: sense }, history) {
  last = { request: [{ text, convention: sense }, history], display: restoring };
  for (const earlier of [reading, unitsRequest, fieldRequest]) earlier.abort();
  reading = new AbortController();
  const { signal } = reading;
  setBusy(true);
  try {
    const request = { text, convention: sense, units: units.value };
    const { explanation, refusal } = await explainWithUnits(request, signal);
    // Other units were chosen during the request.
    if (units.value !== request.units) return read({ text, convention: sense }, history);
    for (const earlier of [unitsRequest, fieldRequest]) earlier.abort();
    composer.showProblem(null);
    showProblem(byId("highlight-problem"), null);
    show(explanation);
    if (history !== "keep") address.remember(explanation, history);
    if (history === "push") bringIntoView();
    await nextPaint();
    if (signal.aborted) return;
    showProblem(byId("heat-problem"), refusal);
    charts.show(explanation);
    if (refusal) heatMap.hide();
    else heatMap.show(explanation, UNIT_ORDER[units.value]);
  } catch (error) {
    if (signal.aborted) return;
    // What was read before stays; the convention and the display are those of what is shown.
    if (shown) convention.choose(shown.convention);
    restoring = null;
    showError(error, error instanceof ApiProblem && error.canRetry);
  } finally {
    if (!signal.aborted) setBusy(false);
  }
}

/** @param {Explanation} explanation */
function show(explanation) {
  const isSameText = shown?.text === explanation.text;
  const held = isSameText ? restoring : (restoring ?? {});
  shown = explanation;
  document.body.dataset.notation = explanation.convention;
  byId("result").hidden = false;
  document.title = titleOf(explanation);
  composer.markRead(explanation.text);
  showPrediction(explanation);
  story.show(explanation, held);
  if (!isSameText) clearViews(explanation);
  showAccount(explanation);
  if (!isSameText || restoring) restorePosition(parts, restoring ?? {}, explanation);
  restoring = null;
  for (const panel of panels) panel.show(explanation);
}

/**
 * Show what is said of every token, except in the charts.
 * @param {Explanation} explanation
 */
function showAccount(explanation) {
  accounting.show(explanation);
  showTopWords(explanation, selection);
  highlight.show(explanation);
  details.show(explanation);
  table.show(explanation);
}

/**
 * Remove what belongs to the review before.
 * @param {Explanation} explanation  of the next review
 */
function clearViews(explanation) {
  for (const panel of panels) panel.show(null);
  if (!restoring) comparePanel.other = "";
  selection.pin(null, "result");
  selection.selectUnit(null);
  heatMap.clear();
  view.reset(explanation.tokens.map(({ text }) => text));
  zooming.begin(explanation.tokens.length);
}

/**
 * Request the explanation again with an optional field. Gate effects take a run of the network for
 * every token and attribution takes several passes, so they are only computed on request.
 * @param {import("./explanation/colouring.js").OptionalField} field
 */
async function readWith(field) {
  const request = { ...requestOf(shownExplanation()), interventions: [], [field]: true };
  await fieldRequest.send(
    (signal) => explain(request, signal),
    (explanation) => {
      shown = explanation;
      showAccount(explanation);
      charts.show(explanation);
    },
  );
}

/**
 * The request whose response has all that is shown.
 * @param {Explanation} explanation
 * @returns {import("./core/types.js").ExplainRequest}
 */
function requestOf({ text, convention: sense, tokens: [first] }) {
  return {
    text,
    convention: sense,
    gate_effects: first.gate_effects !== null,
    attribution: first.attribution !== null,
    interventions: gatePanel.interventions,
  };
}

/**
 * Request the values of other units for the heat map.
 * @param {Explanation} explanation
 */
async function readUnits({ text, convention: sense }) {
  const request = { text, convention: sense, units: units.value };
  await unitsRequest.send(
    (signal) => explain(request, signal),
    (explanation) => heatMap.show(explanation, UNIT_ORDER[units.value]),
  );
}

/**
 * Show a problem at the review box.
 * @param {unknown} error  thrown again if it is not a problem but an error in the page
 * @param {boolean} [canRetry]  whether to offer the reader to read the review again
 */
function showError(error, canRetry = false) {
  if (!(error instanceof ApiProblem)) throw error;
  composer.showProblem(error, canRetry);
}

/** Scroll to the result where it begins below the lower edge of the window, as on a phone. */
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

/** @param {Question | null} question  null shows the review that the page opens with */
function open(question) {
  address.isArrival = question === null;
  restore(question ?? ARRIVAL, "keep");
}

/**
 * Read the review of a question, and display it as the question has it.
 * @param {Question} question
 * @param {"push" | "keep"} history
 */
function restore({ text, convention: sense, display }, history) {
  composer.write(text);
  convention.restore(sense);
  restoring = display;
  restoreSwitches(parts, display);
  heatMap.switchTo(gate.value);
  read({ text, convention: sense }, history);
}

/** @param {string} link  of a step of the story, which is not left when it is followed */
function follow(link) {
  const question = questionOf(new URL(link, location.origin).search);
  if (question) restore(question, "push");
}

/** Show the model's name, its number of units and the limit of the service. */
async function showModel() {
  const { model, models, sizes, limits, defaults } = await fetchInfo();
  byId("model").textContent = `${model.name} ${model.version}`;
  units.relabel("top", `Top ${defaults.top_units} units`);
  units.relabel("all", `All ${sizes.hidden} units`);
  composer.setLimit(limits.max_tokens);
  comparePanel.offer(models.map((each) => each.model.id));
}

onNavigate(open);
showModel().catch((error) => showError(error));
fetchExamples().then((examples) => composer.offer(examples), (error) => showError(error));
recall().then(open, showError);
