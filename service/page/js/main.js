/** The page: requests explanations and shows them in all views. */
import { explain, explainWithUnits, fetchExamples, fetchInfo } from "./core/api.js";
import { byId, showProblem } from "./core/dom.js";
import { onNavigate, recall } from "./core/history.js";
import { LatestRequest } from "./core/latest_request.js";
import { CONVENTIONS, GATES, UNITS, UNIT_ORDER } from "./core/options.js";
import { questionOf } from "./core/permalink.js";
import { ApiProblem } from "./core/problem.js";
import { debounce, nextPaint } from "./core/scheduling.js";
import { segments } from "./core/segments.js";
import { Address, ARRIVAL } from "./panels/address.js";
import { Composer } from "./panels/composer.js";
import { copyLink } from "./panels/copy_link.js";
import { restoreSwitches } from "./panels/display.js";
import { saveMenu } from "./panels/save_menu.js";
import { Views } from "./views.js";

/**
 * @typedef {import("./core/types.js").Explanation} Explanation
 * @typedef {import("./core/permalink.js").Question} Question
 */

const QUIET_MILLISECONDS = 250;
/** Keep the address in step with the display. */
const updateLink = debounce(() => {
  if (views.shown) address.remember(views.shown, "replace");
}, QUIET_MILLISECONDS);
const composer = new Composer((text) => submit(text), retry);
const views = new Views({
  onChange: updateLink,
  follow,
  onEdit: (place) => composer.edit(place),
  requestField: readWith,
  convention: () => convention.value,
});
const { heatMap } = views;

/**
 * What was requested last and how it was to be displayed, to try it again.
 * @type {{request: Parameters<typeof read>, display: import("./core/permalink.js").Display | null} | null}
 */
let last = null;
let reading = new AbortController();
const unitsRequest = new LatestRequest(byId("heat"), byId("heat-problem"), () => heatMap.hide());
const fieldRequest = new LatestRequest(byId("token-highlight"), byId("highlight-problem"), () =>
  views.highlight.resetColouring(),
);
/**
 * The display of a link or history entry that is being opened.
 * @type {import("./core/permalink.js").Display | null}
 */
let restoring = null;

const convention = segments(
  byId("convention"),
  CONVENTIONS,
  (chosen) => views.shown && read({ text: views.shown.text, convention: chosen }, "replace"),
);
const gate = segments(byId("gate"), GATES, (chosen) => {
  updateLink();
  heatMap.switchTo(chosen);
});
const units = segments(byId("units"), UNITS, () => {
  updateLink();
  if (views.shown) readUnits(views.shown);
});
saveMenu(
  () => requestOf(shownExplanation()),
  () => views.picture(shownExplanation()),
);

const parts = {
  selection: views.selection,
  view: views.view,
  stepPanel: views.stepPanel,
  comparePanel: views.comparePanel,
  unitCard: views.unitCard,
  story: views.story,
  switches: {
    colour: views.highlight.colouring,
    gate,
    units,
    intervention: views.gatePanel.intervention,
    scope: views.gatePanel.scope,
  },
};
const address = new Address(parts);
copyLink(() => address.questionOf(shownExplanation()));

/** @returns {Explanation} */
function shownExplanation() {
  if (!views.shown) throw new Error("No explanation is shown");
  return views.shown;
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
    composer.markRead(explanation.text);
    views.show(explanation, restoring, parts);
    restoring = null;
    if (history !== "keep") address.remember(explanation, history);
    if (history === "push") bringIntoView();
    await nextPaint();
    if (signal.aborted) return;
    showProblem(byId("heat-problem"), refusal);
    views.charts.show(explanation);
    if (refusal) heatMap.hide();
    else heatMap.show(explanation, UNIT_ORDER[units.value]);
  } catch (error) {
    if (signal.aborted) return;
    // What was read before stays; the convention and the display are those of what is shown.
    if (views.shown) convention.choose(views.shown.convention);
    restoring = null;
    showError(error, error instanceof ApiProblem && error.canRetry);
  } finally {
    if (!signal.aborted) setBusy(false);
  }
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
    (explanation) => views.extend(explanation),
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
    interventions: views.gatePanel.interventions,
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

/** Scroll down as far as the verdict needs, so that the words it is about stay in view above it. */
function bringIntoView() {
  const verdict = byId("verdict");
  if (verdict.getBoundingClientRect().bottom > innerHeight) verdict.scrollIntoView({ block: "nearest" });
}

/** @param {boolean} busy */
function setBusy(busy) {
  composer.showBusy(busy);
  byId("progress").hidden = !busy;
  byId("result").ariaBusy = String(busy);
  byId("heat").ariaBusy = String(busy);
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") views.selection.pin(null, "result");
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
  views.comparePanel.offer(models.map((each) => each.model.id));
}

onNavigate(open);
showModel().catch((error) => showError(error));
fetchExamples().then((examples) => composer.offer(examples), (error) => showError(error));
recall().then(open, showError);
