/** The form in which a review is written: examples, length, limit and problems. */
import { byId, element, showProblem } from "../core/dom.js";
import { count, plural } from "../core/format.js";

export class Composer {
  #box = /** @type {HTMLTextAreaElement} */ (byId("text"));
  /** @type {number | null} */
  #maxTokens = null;
  #onSubmit;

  /** @param {(text: string) => void} onSubmit */
  constructor(onSubmit) {
    this.#onSubmit = onSubmit;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit(this.#box.value);
    });
    this.#box.addEventListener("input", () => this.#count());
    this.#box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit(this.#box.value);
    });
    this.#count();
  }

  /** @param {string} text */
  write(text) {
    this.#box.value = text;
    this.#count();
  }

  /** @param {{title: string, message: string} | null} problem */
  showProblem(problem) {
    this.#box.setAttribute("aria-invalid", String(problem !== null));
    showProblem(byId("problem"), problem);
  }

  /** @param {boolean} busy */
  showBusy(busy) {
    byId("submit").textContent = busy ? "Reading…" : "Read the review";
  }

  /** @param {number} maxTokens  limit of the service, shown beside the length */
  setLimit(maxTokens) {
    this.#maxTokens = maxTokens;
    this.#count();
  }

  /** @param {import("../core/types.js").Example[]} examples */
  offer(examples) {
    const buttons = examples.map(({ title, text }) => {
      const face = [element("b", null, title), element("span", null, text)];
      const button = element("button", { type: "button", class: "example" }, ...face);
      button.addEventListener("click", () => {
        this.write(text);
        this.#onSubmit(text);
      });
      return button;
    });
    byId("examples").append(...buttons);
    byId("examples").hidden = false;
  }

  #count() {
    const characters = Array.from(this.#box.value).length;
    const limit = this.#maxTokens === null ? "" : `; read whole, up to ${count(this.#maxTokens)} tokens`;
    byId("count").textContent = plural(characters, "character") + limit;
  }
}
