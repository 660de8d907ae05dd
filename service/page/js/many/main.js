/** The page "Many": texts from a file or a paste, scored, summed up and listed. */
import { fetchInfo } from "../core/api.js";
import { byId, closestTo, showProblem } from "../core/dom.js";
import { download } from "../core/download.js";
import { count, plural } from "../core/format.js";
import { ApiProblem } from "../core/problem.js";
import { atMostEvery, debounce } from "../core/scheduling.js";
import { arrange } from "./arrangement.js";
import { asCsv, asJsonLines } from "./export.js";
import { chooseTexts } from "./input_panel.js";
import { showOverview } from "./overview.js";
import { ResultTable } from "./result_table.js";
import { isFinished, isPredicted, unscored } from "./scored.js";
import { explainAll, predictAll } from "./scoring.js";

const TYPING_MILLISECONDS = 150;
const REDRAW_MILLISECONDS = 500;

const filter = /** @type {HTMLInputElement} */ (byId("filter"));
const verdict = /** @type {HTMLSelectElement} */ (byId("verdict"));
const functionWords = /** @type {HTMLInputElement} */ (byId("function-words"));
const bar = /** @type {HTMLProgressElement} */ (byId("bar"));
const stop = byId("stop");
const goOn = byId("go-on");

/** @type {import("./scored.js").Scored[]} */
let texts = [];
let running = new AbortController();
/** @type {import("./arrangement.js").Arrangement} */
let arrangement = { verdict: "", words: "", key: "number", isDescending: false };

const table = new ResultTable(byId("table"), (key) => {
  arrangement = { ...arrangement, key, isDescending: key === arrangement.key && !arrangement.isDescending };
  show();
});

chooseTexts((rows, column) => {
  texts = unscored(rows, column);
  arrangement = { verdict: "", words: "", key: "number", isDescending: false };
  filter.value = "";
  verdict.value = "";
  byId("result").hidden = false;
  byId("result").scrollIntoView();
  go();
});

/** Score what has not been scored yet, then explain it. */
async function go() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  showProblem(byId("run-problem"), null);
  setRunning(true);
  show();
  try {
    await predictAll(texts, { info: await fetchInfo(), signal, onProgress: show });
    show();
    announce(`${plural(texts.length, "text")} read.`);
    await explainAll(texts, { signal, onProgress: showSoon });
    announce(`${plural(texts.length, "text")} explained.`);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    showProblem(byId("run-problem"), {
      title: error.title,
      message: `${error.message} What has been read is kept; “Go on” tries the rest again.`,
    });
  } finally {
    if (running.signal === signal) setRunning(false);
  }
}

/** @param {boolean} isRunning */
function setRunning(isRunning) {
  const hadFocus = document.activeElement === stop || document.activeElement === goOn;
  stop.hidden = !isRunning;
  goOn.hidden = isRunning || texts.every(isFinished);
  byId("table").ariaBusy = String(isRunning);
  show();
  if (hadFocus) [stop, goOn].find(({ hidden }) => !hidden)?.focus();
}

/**
 * Say something to screen readers. The progress itself changes too often for that.
 * @param {string} message
 */
function announce(message) {
  byId("spoken").textContent = message;
}

function showProgress() {
  bar.max = 2 * texts.length;
  bar.value = texts.filter(isPredicted).length + texts.filter(isFinished).length;
  bar.hidden = bar.value === bar.max;
  const predicted = texts.filter(({ prediction }) => prediction).length;
  const explained = texts.filter(({ account }) => account).length;
  const all = plural(texts.length, "text");
  byId("progress").textContent = bar.hidden
    ? `${explained === texts.length ? "" : `${count(explained)} of `}${all} read and explained.`
    : `Of ${all}: ${count(predicted)} read, ${count(explained)} explained.`;
}

function show() {
  const arranged = arrange(texts, arrangement);
  showOverview(texts, { withFunctionWords: functionWords.checked });
  showProgress();
  byId("shown").textContent = arranged.length === texts.length ? "" : `${count(arranged.length)} of ${count(texts.length)} shown`;
  byId("none").hidden = arranged.length > 0;
  for (const button of byId("save").querySelectorAll("button")) button.disabled = arranged.length === 0;
  table.show(arranged, arrangement);
}

const showSoon = atMostEvery(show, REDRAW_MILLISECONDS);

goOn.addEventListener("click", go);
stop.addEventListener("click", () => {
  running.abort();
  setRunning(false);
  announce("Stopped.");
});
filter.addEventListener("input", debounce(() => {
  arrangement = { ...arrangement, words: filter.value };
  show();
}, TYPING_MILLISECONDS));
verdict.addEventListener("change", () => {
  arrangement = { ...arrangement, verdict: verdict.value };
  show();
});
functionWords.addEventListener("change", show);
byId("save").addEventListener("click", (event) => {
  const format = closestTo(event, "[data-format]")?.dataset.format;
  const arranged = arrange(texts, arrangement);
  if (format === "csv") download(new Blob([asCsv(arranged)], { type: "text/csv" }), "scores.csv");
  if (format === "jsonl") download(new Blob([asJsonLines(arranged)], { type: "application/jsonl" }), "scores.jsonl");
});
