/** The form in which a review is written: examples, length, limit and problems. */
import { byId, element, showProblem } from "../core/dom.js";
import { count, plural } from "../core/format.js";

export class Composer {
  #box = /** @type {HTMLTextAreaElement} */ (byId("text"));
  /** @type {number | null} */
  #maxTokens = null;
  /**
   * The text whose explanation is shown.
   * @type {string | null}
   */
  #read = null;
  #onSubmit;

  /**
   * @param {(text: string) => void} onSubmit
   * @param {() => void} onRetry  called to send the last request again
   */
  constructor(onSubmit, onRetry) {
    this.#onSubmit = onSubmit;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit(this.#box.value);
    });
    this.#box.addEventListener("input", () => this.#update());
    this.#box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit(this.#box.value);
    });
    byId("retry").addEventListener("click", onRetry);
    byId("revert").addEventListener("click", () => {
      this.write(this.#read ?? "");
      this.#box.focus();
    });
    this.#update();
  }

  /** @param {string} text */
  write(text) {
    this.#box.value = text;
    this.#update();
  }

  /** @param {string} text  whose explanation is shown from now on */
  markRead(text) {
    this.#read = text;
    this.#update();
  }

  /**
   * @param {{message: string} | null} problem  null hides it
   * @param {boolean} [canRetry]  whether the same request may succeed later
   */
  showProblem(problem, canRetry = false) {
    this.#box.setAttribute("aria-invalid", String(problem !== null));
    showProblem(byId("problem"), problem && { title: "", message: problem.message });
    byId("retry").hidden = problem === null || !canRetry;
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

  /** Mark a text that differs from the one that was read, and show its length. */
  #update() {
    const isUnread = this.#read !== null && this.#box.value !== this.#read;
    byId("unread").hidden = !isUnread;
    byId("result").toggleAttribute("data-stale", isUnread);
    this.#count();
  }

  #count() {
    const characters = Array.from(this.#box.value).length;
    const limit = this.#maxTokens === null ? "" : `; read whole, up to ${count(this.#maxTokens)} tokens`;
    byId("count").textContent = plural(characters, "character") + limit;
  }
}
