/** The table of texts. */
import { element } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { linkTo, packedLinkTo } from "../core/permalink.js";
import { verdictOf } from "./summary.js";

/**
 * @typedef {import("./scoring.js").Scored} Scored
 * @typedef {import("./arrangement.js").Arrangement} Arrangement
 */

/** @type {Record<import("./summary.js").Verdict, string>} */
export const NAMES = {
  positive: "Positive",
  negative: "Negative",
  undecided: "Can’t tell",
  problem: "Not read",
  waiting: "Waiting",
};

/** @type {{key: import("./arrangement.js").SortKey | null, label: string}[]} */
const COLUMNS = [
  { key: "number", label: "#" },
  { key: "verdict", label: "Verdict" },
  { key: "probability", label: "P(positive)" },
  { key: "text", label: "Text" },
  { key: null, label: "Words that did most" },
  { key: "turn", label: "Turned at" },
];

/**
 * @param {HTMLTableElement} table
 * @param {Scored[]} texts  as they are arranged
 * @param {Arrangement} arrangement
 * @param {(key: import("./arrangement.js").SortKey) => void} onSort
 */
export function showTable(table, texts, arrangement, onSort) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.sort : undefined;
  table.replaceChildren(headOf(arrangement, onSort), element("tbody", null, ...texts.map(rowOf)));
  if (focused) /** @type {HTMLElement | null} */ (table.querySelector(`[data-sort="${focused}"]`))?.focus();
}

/**
 * @param {Arrangement} arrangement
 * @param {(key: import("./arrangement.js").SortKey) => void} onSort
 */
function headOf({ key: sorted, isDescending }, onSort) {
  const cells = COLUMNS.map(({ key, label }) => {
    if (key === null) return element("th", { scope: "col" }, label);
    const button = element("button", { type: "button", "data-sort": key }, label);
    button.addEventListener("click", () => onSort(key));
    const order = isDescending ? "descending" : "ascending";
    return element("th", { scope: "col", "aria-sort": key === sorted ? order : "none" }, button);
  });
  return element("thead", null, element("tr", null, ...cells));
}

/** @param {Scored} scored */
function rowOf(scored) {
  const verdict = verdictOf(scored);
  const { prediction, account, problem } = scored;
  /** @type {string[]} */
  const remarks = problem === null ? (prediction?.warnings ?? []) : [problem];
  return element(
    "tr",
    { "data-verdict": verdict },
    element("td", { class: "place" }, String(scored.number)),
    element("td", { class: `verdict ${verdict}` }, NAMES[verdict]),
    element("td", { class: "place" }, prediction ? number(prediction.probabilities.positive) : ""),
    element("td", null, textLink(scored), ...remarks.map((remark) => element("p", { class: "remark" }, remark))),
    element(
      "td",
      { class: "words" },
      ...(account?.words ?? []).map(({ text, share }) =>
        element("span", { class: share > 0 ? "positive" : "negative", title: signed(share) }, text),
      ),
    ),
    element("td", { class: "turn" }, account?.turn ?? ""),
  );
}

/**
 * The text, as a link to its explanation. A text too long for an address is compressed when the
 * reader points at it.
 * @param {Scored} scored
 */
function textLink({ text }) {
  if (text.trim() === "") return element("span", { class: "remark" }, "(blank)");
  const question = { text, convention: /** @type {const} */ ("pytorch"), display: {} };
  const link = linkTo(question);
  const anchor = element("a", { class: "excerpt", href: link ?? "/", target: "_blank", rel: "noopener" }, text);
  if (link) return anchor;
  const pack = async () => {
    const packed = await packedLinkTo(question);
    if (packed) anchor.setAttribute("href", packed);
    else anchor.removeAttribute("href");
  };
  for (const event of ["pointerenter", "focus"]) anchor.addEventListener(event, pack, { once: true });
  return anchor;
}
