/** The review beside another text, or beside itself in another model. */
import { explain, explainDiff } from "../core/api.js";
import { byId, closestTo, element, showProblem } from "../core/dom.js";
import { download } from "../core/download.js";
import { LatestRequest } from "../core/latest_request.js";
import { segments } from "../core/segments.js";
import { pairText } from "../explanation/comparison.js";
import { showComparedModels } from "./compared_models.js";
import { showComparedTexts } from "./compared_texts.js";

/** @type {{value: "text" | "model", label: string}[]} */
const KINDS = [
  { value: "text", label: "Another text" },
  { value: "model", label: "Another model" },
];

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Diff} Diff
 */

export class ComparePanel {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Diff | null} */
  #diff = null;
  /**
   * Responses of the API that are compared, to be saved.
   * @type {Diff | Explanation[] | null}
   */
  #compared = null;
  /** The edited text that was compared; "" if none was. */
  other = "";
  #against = "";
  /** Ids of the models that are served. */
  #models = /** @type {string[]} */ ([]);
  #list = /** @type {HTMLSelectElement} */ (byId("against"));
  #kind = segments(byId("compare-with"), KINDS, (kind) => {
    this.#against = kind === "model" ? this.#list.value : "";
    this.#changed();
  });
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
    this.#list.addEventListener("change", () => {
      this.#against = this.#list.value;
      this.#changed();
    });
    byId("compare-save").addEventListener("click", () => {
      download(new Blob([JSON.stringify(this.#compared, null, 2)], { type: "application/json" }), "comparison.json");
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

  /** Id of the model that the review is compared in; "" while it is compared with a text. */
  get against() {
    return this.#against;
  }

  set against(model) {
    this.#against = model;
    this.#showKind();
  }

  /** @param {string[]} models  ids of the models that are served */
  offer(models) {
    this.#models = models;
    this.#showKind();
  }

  /** @param {Explanation | null} explanation  null while another review is being read */
  show(explanation) {
    const isOther = explanation?.text !== this.#explanation?.text;
    this.#explanation = explanation;
    if (explanation && isOther) this.#input.value = this.other || explanation.text;
    if (explanation === null) byId("compare-result").hidden = true;
    this.#showKind();
    this.#update();
  }

  /** The reader chose a kind or a model: what was compared before is gone. */
  #changed() {
    this.#showKind();
    byId("compare-result").hidden = true;
    showProblem(byId("compare-problem"), null);
    this.#onChange();
    this.#update();
  }

  /** Show the controls of what the review is compared with. */
  #showKind() {
    const own = this.#explanation?.model.id;
    const others = this.#models.filter((model) => model !== own);
    // A link can name a model that is not served; the response to the request says so.
    if (this.#against && !others.includes(this.#against)) others.push(this.#against);
    const isModel = this.#against !== "";
    this.#kind.choose(isModel ? "model" : "text");
    this.#list.replaceChildren(...others.map((model) => element("option", { value: model }, model)));
    if (isModel) this.#list.value = this.#against;
    byId("compare-with").hidden = others.length === 0;
    byId("compare-hint").textContent = others.length === 0 ? "another text beside this one" : "another text, or another model, beside this one";
    byId("compare-model-box").hidden = !isModel;
    byId("compare-text-box").hidden = isModel;
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
    const explanation = this.#explanation;
    if (!explanation || !this.#box.open) return;
    if (this.#against !== "") await this.#updateModels(explanation);
    else if (this.other.trim() !== "") await this.#updateTexts(explanation);
  }

  /** @param {Explanation} explanation */
  async #updateTexts({ text, convention, model }) {
    const request = { text, other: this.other, convention, attribution: true, model: model.id };
    await this.#request.send(
      (signal) => explainDiff(request, signal),
      (diff) => {
        this.#compared = this.#diff = diff;
        // Visible first, because lines are drawn under words that have a place.
        byId("compare-result").hidden = false;
        showComparedTexts(diff);
        byId("aligned-readout").textContent = "Point at a pair to read its numbers.";
      },
    );
  }

  /** @param {Explanation} explanation */
  async #updateModels(explanation) {
    const { text, convention, tokens } = explanation;
    const attribution = tokens[0].attribution !== null;
    await this.#request.send(
      (signal) => explain({ text, convention, attribution, model: this.#against }, signal),
      (other) => {
        this.#compared = [explanation, other];
        byId("compare-result").hidden = false;
        showComparedModels(explanation, other);
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
