/** How faithful the account is, on request: each figure beside that of random rankings. */
import { ApiProblem, explain } from "./api.js";
import { byId, element, showProblem } from "./dom.js";
import { signed } from "./format.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Figures} Figures
 */

/** Each figure, with whether more of it is better. */
const FIGURES = {
  comprehensiveness: { label: "Comprehensiveness", better: 1 },
  sufficiency: { label: "Sufficiency", better: -1 },
  agreement: { label: "Agreement τ", better: 1 },
};

export class FaithfulPanel {
  /** @type {Explanation | null} */
  #explanation = null;
  #asking = new AbortController();
  #box = /** @type {HTMLDetailsElement} */ (byId("faithful-panel"));

  /** @param {() => void} onChange  called when the reader opens or closes it */
  constructor(onChange) {
    this.#box.addEventListener("toggle", () => {
      onChange();
      this.#ask();
    });
  }

  /** @param {Explanation | null} explanation  null while another review is on its way */
  show(explanation) {
    this.#explanation = explanation;
    this.#ask();
  }

  async #ask() {
    this.#asking.abort();
    if (!this.#explanation || !this.#box.open) return;
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { text, convention } = this.#explanation;
    this.#box.ariaBusy = "true";
    try {
      const { faithfulness } = await explain({ text, convention, faithfulness: true }, signal);
      showProblem(byId("faithful-problem"), null);
      byId("faithful-result").hidden = false;
      render(faithfulness);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      byId("faithful-result").hidden = true;
      showProblem(byId("faithful-problem"), error);
    } finally {
      if (!signal.aborted) this.#box.ariaBusy = "false";
    }
  }
}

/** @param {import("./api.js").Faithfulness} faithfulness */
function render({ ledger, credit, random, random_rankings: rankings }) {
  const names = Object.keys(FIGURES);
  const head = (text, sense) => element("th", { scope: "col" }, text, element("small", null, sense));
  const row = (name, figures) =>
    element(
      "tr",
      null,
      element("th", { scope: "row" }, name),
      ...names.map((figure) => element("td", { class: figures === random || !beats(figure, figures, random) ? "" : "better" }, signed(figures[figure]))),
    );
  byId("faithful-table").replaceChildren(
    element(
      "thead",
      null,
      element(
        "tr",
        null,
        element("td", null),
        ...names.map((name) => head(FIGURES[name].label, FIGURES[name].better > 0 ? "higher is better" : "lower is better")),
      ),
    ),
    element(
      "tbody",
      null,
      row("Contributions", ledger),
      row("Credit", credit),
      row(`Random, mean of ${rankings}`, random),
    ),
  );
  const score = (figures) => names.filter((name) => beats(name, figures, random)).length;
  byId("faithful-answer").textContent =
    `On this review, contributions do better than random rankings in ${score(ledger)} of ${names.length} figures, ` +
    `credit in ${score(credit)}.`;
}

/**
 * @param {string} figure
 * @param {Figures} figures
 * @param {Figures} random
 */
const beats = (figure, figures, random) => FIGURES[figure].better * (figures[figure] - random[figure]) > 0;
