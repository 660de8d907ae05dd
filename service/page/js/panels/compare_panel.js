/** The review beside an edited version of it, token by token. */
import { explainDiff } from "../core/api.js";
import { bodyRow, byId, closestTo, element, headRow, showProblem } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { LatestRequest } from "../core/latest_request.js";
import { COLOURINGS, tintOf } from "../explanation/colouring.js";
import { changeCells, changeHeads, largestChanges, pairOf, pairText, partsOfChange } from "../explanation/comparison.js";
import { shareOf } from "../explanation/words.js";

const LARGEST = 8;
const BAR_PIXELS = 4;

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Diff} Diff
 */

export class ComparePanel {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Diff | null} */
  #diff = null;
  /** The edited text that was compared; "" if none was. */
  other = "";
  #box = /** @type {HTMLDetailsElement} */ (byId("compare-panel"));
  #input = /** @type {HTMLTextAreaElement} */ (byId("other"));
  #request = new LatestRequest(this.#box, byId("compare-problem"), () => {
    byId("compare-result").hidden = true;
  });
  #onChange;

  /** @param {() => void} onChange  called when the reader opens or closes it, or compares */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#box.addEventListener("toggle", () => {
      onChange();
      this.#update();
    });
    byId("compare").addEventListener("click", () => this.#compare());
    byId("start-again").addEventListener("click", () => {
      this.#input.value = this.#explanation?.text ?? "";
      this.#input.focus();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#compare();
    });
    byId("aligned").addEventListener("pointerover", (event) => this.#readPair(event));
    byId("aligned").addEventListener("click", (event) => this.#readPair(event));
  }

  /** @param {Explanation | null} explanation  null while another review is being read */
  show(explanation) {
    const isOther = explanation?.text !== this.#explanation?.text;
    this.#explanation = explanation;
    if (explanation && isOther) this.#input.value = this.other || explanation.text;
    if (explanation === null) byId("compare-result").hidden = true;
    this.#update();
  }

  #compare() {
    this.other = this.#input.value;
    this.#onChange();
    if (this.other.trim() === "") this.#refuse();
    else this.#update();
  }

  /** Say what is missing, in the place of an earlier comparison. */
  #refuse() {
    this.#request.abort();
    byId("compare-result").hidden = true;
    showProblem(byId("compare-problem"), {
      title: "Nothing to compare with",
      message: "The box is empty. Write an edited review into it, or start again from the review.",
    });
  }

  async #update() {
    this.#request.abort();
    if (!this.#explanation || !this.#box.open || this.other.trim() === "") return;
    const { text, convention } = this.#explanation;
    await this.#request.send(
      (signal) => explainDiff({ text, other: this.other, convention, attribution: true }, signal),
      (diff) => {
        this.#diff = diff;
        byId("compare-result").hidden = false;
        showSummary(diff);
        showPairs(diff);
        showChanges(diff);
      },
    );
  }

  /** @param {Event} event  at a pair, whose numbers are then printed */
  #readPair(event) {
    const pair = closestTo(event, ".pair");
    if (!pair || !this.#diff) return;
    byId("aligned-readout").textContent = pairText(this.#diff, this.#diff.rows[Number(pair.dataset.row)]);
  }
}

/** @param {Diff["text"]} text */
const verdict = ({ label, undecided }) => (undecided ? `can’t tell (${label}?)` : label);

/** @param {Diff} diff */
function showSummary({ change, text, other, rows: pairs }) {
  const { edited, same } = partsOfChange(pairs);
  byId("compare-summary").replaceChildren(
    element("b", null, `P(positive) ${number(other.probabilities.positive)}`),
    ` instead of ${number(text.probabilities.positive)}: the prediction `,
    change.label_changes ? element("b", null, `becomes ${other.label}`) : `stays ${text.label}`,
    `. Δ logit ${signed(change.logit)}: the words that were edited account for ${signed(edited)}, ` +
      `the same words, read after others, for ${signed(same)}.`,
  );
  const rows = Object.entries({ "the review": text, edited: other }).map(([name, run]) =>
    bodyRow(name, [signed(run.decomposition.logit), number(run.probabilities.positive), verdict(run)]),
  );
  byId("compare-table").replaceChildren(
    headRow(["text", "logit", "P(positive)", "prediction"]),
    element("tbody", null, ...rows),
  );
}

/** @param {Diff} diff */
function showChanges(diff) {
  const rows = largestChanges(diff.rows, LARGEST).map((row) => {
    const [name, ...cells] = changeCells(diff, row);
    return bodyRow(name, cells);
  });
  byId("compare-changes").replaceChildren(headRow(changeHeads(diff.convention)), element("tbody", null, ...rows));
}

/**
 * Show both texts, a pair of tokens a column, on one scale of colour.
 * @param {Diff} diff
 */
function showPairs(diff) {
  const full = COLOURINGS.attribution.scale([...diff.text.tokens, ...diff.other.tokens]);
  const pairs = diff.rows.map((row, index) => {
    const words = pairOf(diff, row).map((token) => {
      if (!token) return element("span", { class: "missing" });
      const { sign, strength } = tintOf(shareOf(token), full);
      const node = element("span", { class: "paired", "data-sign": sign }, token.text);
      node.style.setProperty("--strength", String(strength));
      node.style.setProperty("--edge", `${Math.round(BAR_PIXELS * strength)}px`);
      return node;
    });
    return element(
      "span",
      { class: "pair", role: "listitem", "data-kind": row.kind, "data-row": String(index) },
      ...words,
    );
  });
  byId("aligned").replaceChildren(...pairs);
  byId("aligned-readout").textContent = "Point at a pair to read its numbers.";
}
