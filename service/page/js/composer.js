/** The box one writes in: examples, length against the limits, and problems in place. */
import { byId, element, showProblem } from "./dom.js";
import { count, plural } from "./format.js";

export class Composer {
  #box = /** @type {HTMLTextAreaElement} */ (byId("text"));
  #limits = null;
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

  /** @param {{max_tokens: number}} limits */
  setLimits(limits) {
    this.#limits = limits;
    this.#count();
  }

  /** @param {{title: string, text: string}[]} examples */
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
    const limit = this.#limits ? `; read whole, up to ${count(this.#limits.max_tokens)} tokens` : "";
    byId("count").textContent = plural(characters, "character") + limit;
  }
}
