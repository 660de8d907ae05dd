/** The faithfulness of the explanation, computed when the panel is opened. */
import { explain } from "../core/api.js";
import { byId, element } from "../core/dom.js";
import { LatestRequest } from "../core/latest_request.js";
import { FIGURES, faithfulnessRows, faithfulnessText } from "../explanation/faithfulness.js";

/** @typedef {import("../core/types.js").Explanation} Explanation */

export class FaithfulnessPanel {
  /** @type {Explanation | null} */
  #explanation = null;
  #box = /** @type {HTMLDetailsElement} */ (byId("faithfulness-panel"));
  #request = new LatestRequest(this.#box, byId("faithfulness-problem"), () => {
    byId("faithfulness-result").hidden = true;
  });

  /** @param {() => void} onChange  called when the reader opens or closes it */
  constructor(onChange) {
    this.#box.addEventListener("toggle", () => {
      onChange();
      this.#update();
    });
  }

  /** @param {Explanation | null} explanation  null while another review is being read */
  show(explanation) {
    this.#explanation = explanation;
    this.#update();
  }

  async #update() {
    this.#request.abort();
    if (!this.#explanation || !this.#box.open) return;
    const { text, convention } = this.#explanation;
    await this.#request.send(
      (signal) => explain({ text, convention, faithfulness: true }, signal),
      ({ faithfulness }) => {
        if (!faithfulness) throw new Error("The response has no faithfulness");
        render(faithfulness);
        byId("faithfulness-result").hidden = false;
      },
    );
  }
}

/** @param {import("../core/types.js").Faithfulness} faithfulness */
function render(faithfulness) {
  const heads = Object.values(FIGURES).map(({ label, higherIsBetter }) =>
    element("th", { scope: "col" }, label, element("small", null, higherIsBetter ? "higher is better" : "lower is better")),
  );
  const rows = faithfulnessRows(faithfulness).map(({ name, cells }) =>
    element(
      "tr",
      null,
      element("th", { scope: "row" }, name),
      ...cells.map(({ text, isBetter }) => element("td", { class: isBetter ? "better" : "" }, text)),
    ),
  );
  byId("faithfulness-table").replaceChildren(
    element("thead", null, element("tr", null, element("td", null), ...heads)),
    element("tbody", null, ...rows),
  );
  byId("faithfulness-summary").textContent = faithfulnessText(faithfulness);
}
