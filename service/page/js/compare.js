/** What if the words were others? The review beside an edit of it, token by token. */
import { ApiProblem, explainDiff } from "./api.js";
import { byId, element, showProblem } from "./dom.js";
import { number, signed } from "./format.js";
import { updateSymbol } from "./gates.js";

const LARGEST = 8;

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Diff} Diff
 * @typedef {import("./api.js").DiffRow} DiffRow
 */

export class ComparePanel {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Diff | null} */
  #diff = null;
  /** The edited text that was compared; "" if none was. */
  other = "";
  #asking = new AbortController();
  #box = /** @type {HTMLDetailsElement} */ (byId("compare-panel"));
  #input = /** @type {HTMLTextAreaElement} */ (byId("other"));
  #onChange;

  /** @param {() => void} onChange  called when the reader opens or closes it, or compares */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#box.addEventListener("toggle", () => {
      onChange();
      this.#ask();
    });
    byId("compare").addEventListener("click", () => this.#compare());
    byId("start-again").addEventListener("click", () => {
      this.#input.value = this.#explanation.text;
      this.#input.focus();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#compare();
    });
    byId("aligned").addEventListener("pointerover", (event) => this.#point(event));
    byId("aligned").addEventListener("click", (event) => this.#point(event));
  }

  /** @param {Explanation | null} explanation  null while another review is on its way */
  show(explanation) {
    const another = explanation?.text !== this.#explanation?.text;
    this.#explanation = explanation;
    if (explanation && another) this.#input.value = this.other || explanation.text;
    if (explanation === null) byId("compare-result").hidden = true;
    this.#ask();
  }

  #compare() {
    this.other = this.#input.value;
    this.#onChange();
    this.#ask();
  }

  async #ask() {
    this.#asking.abort();
    const explanation = this.#explanation;
    if (!explanation || !this.#box.open || this.other === "") return;
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { text, convention } = explanation;
    this.#box.ariaBusy = "true";
    try {
      this.#diff = await explainDiff({ text, other: this.other, convention }, signal);
      showProblem(byId("compare-problem"), null);
      byId("compare-result").hidden = false;
      this.#render();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      byId("compare-result").hidden = true;
      showProblem(byId("compare-problem"), error);
    } finally {
      if (!signal.aborted) this.#box.ariaBusy = "false";
    }
  }

  #render() {
    const { change, text, other, rows, convention } = this.#diff;
    byId("compare-answer").replaceChildren(
      element("b", null, `Δ logit ${signed(change.logit)}`),
      ". The verdict ",
      change.label_changes ? element("b", null, `becomes ${other.label}`) : `stays ${text.label}`,
      `. The words that were edited account for ${signed(change.edited_tokens)}, ` +
        `the same words, read after others, for ${signed(change.same_tokens)}.`,
    );
    byId("compare-table").replaceChildren(
      headRow(["", "logit", "P(positive)", "verdict"]),
      element(
        "tbody",
        null,
        ...Object.entries({ "the review": text, edited: other }).map(([name, run]) =>
          bodyRow(name, [signed(run.ledger.logit), number(run.probabilities.positive), run.label]),
        ),
      ),
    );
    this.#align();
    const symbol = updateSymbol(convention);
    const largest = rows
      .filter(({ contribution }) => contribution.total !== 0)
      .sort((one, another) => Math.abs(another.contribution.total) - Math.abs(one.contribution.total))
      .slice(0, LARGEST);
    byId("compare-changes").replaceChildren(
      headRow(["in the review", "edited", "contribution", "edited", "Δ contribution", "Δ reset r mean", `Δ update ${symbol} mean`]),
      element("tbody", null, ...largest.map((row) => this.#changeRow(row))),
    );
  }

  /** @param {DiffRow} row */
  #changeRow(row) {
    const [before, after] = this.#tokens(row);
    const word = (token) => (token ? token.text : "–");
    const entry = (token) => (token ? signed(token.contribution.total) : "–");
    const mean = (gate) => (gate ? signed(gate.mean) : "–");
    return bodyRow(word(before), [
      word(after),
      entry(before),
      entry(after),
      signed(row.contribution.total),
      mean(row.reset),
      mean(row.update),
    ]);
  }

  /** @param {DiffRow} row  @returns its token of each text, or undefined */
  #tokens({ token, other_token: other }) {
    const { text, other: edited } = this.#diff;
    return [text.tokens[token], edited.tokens[other]];
  }

  /** Both strips, a pair a column, on one scale of colour. */
  #align() {
    const { text, other, rows } = this.#diff;
    const full = [...text.tokens, ...other.tokens].reduce(
      (largest, { contribution }) => Math.max(largest, Math.abs(contribution.total)),
      Number.MIN_VALUE,
    );
    const word = (token) => {
      if (!token) return element("span", { class: "nobody" });
      const { total } = token.contribution;
      const node = element("span", { class: "paired", "data-sign": total > 0 ? "positive" : "negative" }, token.text);
      const strength = Math.abs(total) / full;
      node.style.setProperty("--strength", String(strength));
      node.style.setProperty("--edge", `${Math.round(4 * strength)}px`);
      return node;
    };
    const pairs = rows.map((row, index) => {
      const pair = element("span", { class: "pair", role: "listitem", "data-kind": row.kind }, ...this.#tokens(row).map(word));
      pair.dataset.row = String(index);
      return pair;
    });
    byId("aligned").replaceChildren(...pairs);
    byId("aligned-readout").textContent = "Point at a pair to read its numbers.";
  }

  /** @param {Event} event */
  #point({ target }) {
    const pair = /** @type {HTMLElement} */ (target).closest?.(".pair");
    if (!pair) return;
    const row = this.#diff.rows[Number(pair.dataset.row)];
    const [before, after] = this.#tokens(row);
    const both = (value) => [before, after].map((token) => (token ? value(token) : "–")).join(" → ");
    const symbol = updateSymbol(this.#diff.convention);
    const gate = (name, change) =>
      change ? `, a unit differs by ${number(change.distance)} on average` : "";
    byId("aligned-readout").textContent =
      `${both(({ text }) => `“${text}”`)}: contribution ${both((t) => signed(t.contribution.total))}; ` +
      `running P ${both((t) => number(t.running_probability))}; ` +
      `reset r ${both((t) => number(t.reset.mean))}${gate("reset", row.reset)}; ` +
      `update ${symbol} ${both((t) => number(t.update.mean))}${gate("update", row.update)}.`;
  }
}

/** @param {string[]} names */
const headRow = (names) =>
  element("thead", null, element("tr", null, ...names.map((name) => element("th", { scope: "col" }, name))));

/**
 * @param {string} name
 * @param {string[]} cells
 */
const bodyRow = (name, cells) =>
  element("tr", null, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", null, text)));
