/** The form in which a review is written: examples, length, limit and problems. */
import { byId, element, showProblem } from "../core/dom.js";
import { count, plural } from "../core/format.js";
import { ReviewEditor } from "./review_editor.js";

export class Composer {
  #editor;
  /** @type {number | null} */
  #maxTokens = null;
  #onSubmit;

  /**
   * @param {(text: string) => void} onSubmit
   * @param {() => void} onRetry  called to send the last request again
   */
  constructor(onSubmit, onRetry) {
    this.#onSubmit = onSubmit;
    const submit = () => {
      this.#editor.submit();
      onSubmit(this.#editor.text);
    };
    this.#editor = new ReviewEditor(() => this.#update(), submit);
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    byId("retry").addEventListener("click", onRetry);
    byId("revert").addEventListener("click", () => this.#editor.revert());
    this.#update();
  }

  /** @param {string} text */
  write(text) {
    this.#editor.write(text);
  }

  /** @param {number} place  of the caret in the text, in Unicode code points */
  edit(place) {
    this.#editor.edit(place);
  }

  /** @param {string} text  whose explanation is shown from now on */
  markRead(text) {
    this.#editor.markRead(text);
  }

  /**
   * @param {{message: string} | null} problem  null hides it
   * @param {boolean} [canRetry]  whether the same request may succeed later
   */
  showProblem(problem, canRetry = false) {
    byId("text").setAttribute("aria-invalid", String(problem !== null));
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
      const button = element("button", { type: "button", class: "example", title: text }, element("b", null, title));
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
    // Called once before the editor is there, while it is built.
    const isUnread = this.#editor?.isUnread ?? false;
    byId("unread").hidden = !isUnread;
    byId("result").toggleAttribute("data-stale", isUnread);
    this.#count();
  }

  #count() {
    const characters = Array.from(this.#editor?.text ?? "").length;
    const limit = this.#maxTokens === null ? "" : `; read whole, up to ${count(this.#maxTokens)} tokens`;
    byId("count").textContent = plural(characters, "character") + limit;
  }
}
