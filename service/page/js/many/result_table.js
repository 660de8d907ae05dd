/** The table of texts. Rows stay as they are while others are filled in, so that none loses the focus. */
import { element } from "../core/dom.js";
import { number, plural, signed } from "../core/format.js";
import { FLAGS } from "../explanation/flags.js";
import { verdictOf } from "./summary.js";
import { textLink } from "./text_link.js";

/**
 * @typedef {import("./scored.js").Scored} Scored
 * @typedef {import("./arrangement.js").Arrangement} Arrangement
 * @typedef {import("./arrangement.js").SortKey} SortKey
 * @typedef {import("../core/types.js").FlagName} FlagName
 *
 * @typedef {object} Row
 * @property {HTMLElement} node
 * @property {() => void} fill  show what is known of the text by now
 */

/** @type {Record<import("./summary.js").Verdict, string>} */
export const NAMES = {
  positive: "Positive",
  negative: "Negative",
  undecided: "Can’t tell",
  problem: "Not read",
  waiting: "Waiting",
};

/** @type {{key: SortKey, label: string}[]} */
const COLUMNS = [
  { key: "number", label: "#" },
  { key: "verdict", label: "Verdict" },
  { key: "probability", label: "P(positive)" },
  { key: "text", label: "Text" },
  { key: "words", label: "Words that did most" },
  { key: "turn", label: "Turned at" },
  { key: "flags", label: "Flags" },
];

export class ResultTable {
  #heads = /** @type {Map<SortKey, HTMLElement>} */ (new Map());
  #body = element("tbody", null);
  #rows = /** @type {WeakMap<Scored, Row>} */ (new WeakMap());

  /**
   * @param {HTMLElement} table
   * @param {(key: SortKey) => void} onSort
   */
  constructor(table, onSort) {
    for (const { key, label } of COLUMNS) {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => onSort(key));
      this.#heads.set(key, element("th", { scope: "col", class: key }, button));
    }
    table.replaceChildren(element("thead", null, element("tr", null, ...this.#heads.values())), this.#body);
  }

  /**
   * @param {Scored[]} texts  as they are arranged
   * @param {Arrangement} arrangement
   */
  show(texts, { key: sorted, isDescending }) {
    for (const [key, head] of this.#heads) head.ariaSort = key !== sorted ? "none" : isDescending ? "descending" : "ascending";
    const focused = document.activeElement;
    place(this.#body, texts.map((scored) => this.#rowOf(scored)));
    // A row that changes its place loses the focus.
    if (focused instanceof HTMLElement && this.#body.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** @param {Scored} scored */
  #rowOf(scored) {
    const row = this.#rows.get(scored) ?? newRow(scored);
    this.#rows.set(scored, row);
    row.fill();
    return row.node;
  }
}

/**
 * Make nodes the children of a parent. Those that are at their place are not touched.
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} nodes
 */
function place(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
  let next = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

/**
 * @param {Scored} scored
 * @returns {Row}
 */
function newRow(scored) {
  const cells = Object.fromEntries(COLUMNS.map(({ key }) => [key, element(key === "number" ? "th" : "td", { class: key })]));
  cells.number.setAttribute("scope", "row");
  cells.number.textContent = String(scored.number);
  const remarks = element("div", { class: "remarks" });
  cells.text.append(textLink(scored.text), remarks);
  const node = element("tr", null, ...Object.values(cells));
  let shown = "";
  const fill = () => {
    const verdict = verdictOf(scored);
    const { prediction, account, problem, unexplained } = scored;
    const state = `${verdict} ${Boolean(account)} ${unexplained}`;
    if (state === shown) return;
    shown = state;
    node.dataset.verdict = verdict;
    cells.verdict.className = `verdict is-${verdict}`;
    cells.verdict.textContent = NAMES[verdict];
    cells.probability.textContent = prediction ? number(prediction.probabilities.positive) : "";
    const reasons = [...(prediction?.warnings ?? []), problem, unexplained && `Not explained: ${unexplained}`];
    remarks.replaceChildren(...reasons.flatMap((reason) => (reason ? [element("p", { class: "remark" }, reason)] : [])));
    cells.words.replaceChildren(...(account?.words ?? []).map(wordNode));
    cells.turn.textContent = account?.turn ?? "";
    cells.flags.replaceChildren(...(account ? flagNodes(account.flags) : []));
  };
  return { node, fill };
}

/** @param {import("./scored.js").Word} word */
const wordNode = ({ text, share }) =>
  element(
    "span",
    { class: `word is-${share > 0 ? "positive" : "negative"}` },
    element("span", { class: "word-text" }, text),
    " ",
    element("small", null, signed(share, 2)),
  );

/** @param {Record<FlagName, number>} flags */
const flagNodes = (flags) =>
  /** @type {FlagName[]} */ (Object.keys(flags))
    .filter((name) => flags[name] > 0)
    .map((name) => element("span", { class: `flag ${name}` }, plural(flags[name], FLAGS[name].label.toLowerCase())));
