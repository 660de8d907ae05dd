/** The box and the file, and what is offered to be read of them. */
import { byId, closestTo, element, showProblem } from "../core/dom.js";
import { count, plural } from "../core/format.js";
import { debounce } from "../core/scheduling.js";
import { readFile } from "./files.js";
import { TableProblem } from "./separated.js";
import { formatOf, readSource } from "./sources.js";

/** @typedef {import("./sources.js").Format} Format */

const MOST = 1000;
const TYPING_MILLISECONDS = 150;

const box = /** @type {HTMLTextAreaElement} */ (byId("texts"));
const file = /** @type {HTMLInputElement} */ (byId("file"));
const format = /** @type {HTMLSelectElement} */ (byId("format"));
const column = /** @type {HTMLSelectElement} */ (byId("column"));

/**
 * Let the reader choose texts.
 * @param {(rows: import("./sources.js").Row[], column: number) => void} onStart  with the rows that
 *   the reader agreed to have read
 */
export function chooseTexts(onStart) {
  let content = "";
  let name = "";
  /** @type {import("./sources.js").Source | null} */
  let source = null;

  const fail = (/** @type {unknown} */ error) => {
    if (!(error instanceof TableProblem)) throw error;
    showProblem(byId("problem"), { title: name || "The text in the box", message: error.message });
  };

  const read = () => {
    source = null;
    byId("chosen").hidden = true;
    showProblem(byId("problem"), null);
    byId("format-box").hidden = content.trim() === "";
    if (content.trim() === "") return;
    try {
      source = readSource(content, /** @type {Format} */ (format.value));
    } catch (error) {
      fail(error);
      return;
    }
    show(source, name);
  };

  const offer = (/** @type {string} */ text, /** @type {string} */ from) => {
    content = text;
    name = from;
    format.value = formatOf(content, name);
    read();
  };

  const take = async (/** @type {File} */ chosen) => {
    box.value = "";
    offer("", chosen.name);
    try {
      offer(await readFile(chosen), chosen.name);
    } catch (error) {
      fail(error);
    }
  };

  box.addEventListener("input", debounce(() => offer(box.value, ""), TYPING_MILLISECONDS));
  format.addEventListener("change", read);
  // The same file can be chosen again after it was changed.
  file.addEventListener("click", () => {
    file.value = "";
  });
  file.addEventListener("change", () => {
    if (file.files?.[0]) take(file.files[0]);
  });
  acceptDrops(take);
  byId("start").addEventListener("click", () => {
    if (source) onStart(source.rows.slice(0, MOST), Number(column.value));
  });
}

/**
 * @param {import("./sources.js").Source} source
 * @param {string} name  of the file, or ""
 */
function show({ names, rows, column: proposed, isNamed }, name) {
  const labels = names.map((label, place) => label || `column ${place + 1}`);
  column.replaceChildren(...labels.map((label, place) => element("option", { value: String(place) }, label)));
  column.value = String(proposed);
  byId("column-box").hidden = names.length < 2;
  byId("column-note").hidden = isNamed;
  byId("chosen-count").textContent = `${name ? `${name}: ` : ""}${plural(rows.length, "text")}.`;
  const rest = rows.length - MOST;
  byId("too-many").hidden = rest <= 0;
  byId("too-many").textContent =
    `This page reads up to ${count(MOST)} texts: the last ${count(Math.max(0, rest))} would be left out. ` +
    "For all of them: gatewise score FILE --out scores.parquet";
  byId("start").textContent = rest > 0 ? `Read the first ${count(MOST)}` : `Read ${rows.length === 1 ? "it" : `all ${count(rows.length)}`}`;
  byId("chosen").hidden = rows.length === 0;
  if (rows.length === 0) showProblem(byId("problem"), { title: name, message: "There is a header, and no row below it." });
}

/**
 * Accept a file anywhere on the page: elsewhere, the browser would leave the page for the file.
 * @param {(file: File) => void} onFile
 */
function acceptDrops(onFile) {
  const target = byId("drop");
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    target.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) target.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    target.classList.remove("over");
    // Text that is dropped on the box is pasted by the browser.
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const [dropped] = event.dataTransfer.files;
    if (dropped) onFile(dropped);
    if (!closestTo(event, "#drop")) target.scrollIntoView({ block: "nearest" });
  });
}
