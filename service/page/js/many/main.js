/** The page "Many": texts from a file or a paste, scored, summed up and listed. */
import { fetchInfo } from "../core/api.js";
import { byId, closestTo, element, showProblem } from "../core/dom.js";
import { download } from "../core/download.js";
import { count, plural } from "../core/format.js";
import { ApiProblem } from "../core/problem.js";
import { atMostEvery, debounce } from "../core/scheduling.js";
import { arrange } from "./arrangement.js";
import { asCsv, asJsonLines } from "./export.js";
import { showOverview } from "./overview.js";
import { showTable } from "./result_table.js";
import { explainAll, predictAll, unscored } from "./scoring.js";
import { TableProblem } from "./separated.js";
import { readSource } from "./sources.js";

const MOST = 1000;
const TYPING_MILLISECONDS = 150;
const REDRAW_MILLISECONDS = 500;

const box = /** @type {HTMLTextAreaElement} */ (byId("texts"));
const column = /** @type {HTMLSelectElement} */ (byId("column"));
const filter = /** @type {HTMLInputElement} */ (byId("filter"));
const verdict = /** @type {HTMLSelectElement} */ (byId("verdict"));
const table = /** @type {HTMLTableElement} */ (byId("table"));
const bar = /** @type {HTMLProgressElement} */ (byId("bar"));

/** @type {import("./sources.js").Source | null} */
let source = null;
/** @type {import("./scoring.js").Scored[]} */
let texts = [];
let running = new AbortController();
/** @type {import("./arrangement.js").Arrangement} */
let arrangement = { verdict: "", words: "", key: "number", isDescending: false };

/**
 * @param {string} content
 * @param {string} name  of the file; "" for pasted text
 */
function offer(content, name) {
  source = null;
  byId("chosen").hidden = true;
  showProblem(byId("problem"), null);
  if (content.trim() === "") return;
  try {
    source = readSource(content, name);
  } catch (error) {
    if (!(error instanceof TableProblem)) throw error;
    showProblem(byId("problem"), { title: name || "The text in the box", message: error.message });
    return;
  }
  column.replaceChildren(...source.names.map((label, place) => element("option", { value: String(place) }, label)));
  column.value = String(source.column);
  byId("column-box").hidden = source.names.length < 2;
  const rest = source.rows.length - MOST;
  byId("chosen-count").textContent = `${name ? `${name}: ` : ""}${plural(source.rows.length, "text")}.`;
  byId("too-many").hidden = rest <= 0;
  byId("too-many").textContent =
    `This page reads the first ${count(MOST)}; ${count(Math.max(0, rest))} more are left out. ` +
    "For all of them: gatewise score FILE --out scores.parquet";
  byId("start").textContent = `Read ${count(Math.min(source.rows.length, MOST))}`;
  byId("chosen").hidden = false;
}

async function start() {
  if (!source) return;
  const place = Number(column.value);
  texts = unscored(source.rows.slice(0, MOST).map(({ fields }) => fields[place]));
  arrangement = { ...arrangement, key: "number", isDescending: false };
  byId("result").hidden = false;
  show();
  byId("result").scrollIntoView();
  await go();
}

/** Score what has not been scored yet, then explain it. */
async function go() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  showProblem(byId("run-problem"), null);
  setRunning(true);
  try {
    const { limits } = await fetchInfo();
    await predictAll(texts, { mostTexts: limits.max_texts, signal, onProgress: show });
    await explainAll(texts, { signal, onProgress: showSoon });
    show();
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    showProblem(byId("run-problem"), { title: error.title, message: `${error.message} What has been read is kept.` });
  } finally {
    if (!signal.aborted) setRunning(false);
  }
}

/** @param {boolean} isRunning */
function setRunning(isRunning) {
  byId("stop").hidden = !isRunning;
  byId("go-on").hidden = isRunning || isDone();
  byId("table").ariaBusy = String(isRunning);
  showProgress();
}

const isDone = () => texts.every(({ account, problem }) => account ?? problem);

function showProgress() {
  const predicted = texts.filter(({ prediction, problem }) => prediction ?? problem).length;
  const explained = texts.filter(({ account, problem }) => account ?? problem).length;
  bar.max = 2 * texts.length;
  bar.value = predicted + explained;
  bar.hidden = isDone();
  byId("progress").textContent = isDone()
    ? `${plural(texts.length, "text")} read and explained.`
    : `${count(predicted)} of ${count(texts.length)} read, ${count(explained)} explained.`;
}

function show() {
  const arranged = arrange(texts, arrangement);
  showOverview(texts);
  showProgress();
  byId("shown").textContent = arranged.length === texts.length ? "" : `${count(arranged.length)} of ${count(texts.length)} shown`;
  showTable(table, arranged, arrangement, sortBy);
}

const showSoon = atMostEvery(show, REDRAW_MILLISECONDS);

/** @param {import("./arrangement.js").SortKey} key */
function sortBy(key) {
  const isSame = key === arrangement.key;
  arrangement = { ...arrangement, key, isDescending: isSame && !arrangement.isDescending };
  show();
}

/** @param {File} file */
async function take(file) {
  const content = await file.text();
  box.value = "";
  offer(content, file.name);
}

box.addEventListener("input", debounce(() => offer(box.value, ""), TYPING_MILLISECONDS));
byId("start").addEventListener("click", start);
byId("go-on").addEventListener("click", go);
byId("stop").addEventListener("click", () => {
  running.abort();
  setRunning(false);
});
/** @type {HTMLInputElement} */ (byId("file")).addEventListener("change", ({ currentTarget }) => {
  const [file] = /** @type {HTMLInputElement} */ (currentTarget).files ?? [];
  if (file) take(file);
});
for (const name of ["dragover", "drop"]) {
  byId("drop").addEventListener(name, (event) => {
    event.preventDefault();
    const [file] = event instanceof DragEvent && name === "drop" ? (event.dataTransfer?.files ?? []) : [];
    if (file) take(file);
  });
}
filter.addEventListener("input", debounce(() => {
  arrangement = { ...arrangement, words: filter.value };
  show();
}, TYPING_MILLISECONDS));
verdict.addEventListener("change", () => {
  arrangement = { ...arrangement, verdict: verdict.value };
  show();
});
byId("save").addEventListener("click", (event) => {
  const format = closestTo(event, "[data-format]")?.dataset.format;
  const arranged = arrange(texts, arrangement);
  if (format === "csv") download(new Blob([asCsv(arranged)], { type: "text/csv" }), "scores.csv");
  if (format === "jsonl") download(new Blob([asJsonLines(arranged)], { type: "application/jsonl" }), "scores.jsonl");
});
