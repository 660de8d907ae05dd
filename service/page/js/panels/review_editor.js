/**
 * The review where it stands: coloured tokens to read and, in the same place, the box to edit them.
 *
 * The box is a native one, so that undo, paste, spelling and screen readers work as everywhere. It
 * lies over the tokens, in the same type: while its text is the one that was read, their colours
 * show through.
 */
import { byId } from "../core/dom.js";
import { oncePerFrame } from "../core/scheduling.js";
import { samePlace, sameText } from "../explanation/edited_text.js";

/** A screen that shows review, legend and verdict at once. */
const roomyScreen = matchMedia("(min-width: 60rem) and (min-height: 62rem)");

export class ReviewEditor {
  #review = byId("review");
  #sheet = byId("story-sheet");
  #tokens = byId("token-highlight");
  #box = /** @type {HTMLTextAreaElement} */ (byId("text"));
  /**
   * The text whose explanation is shown.
   * @type {string | null}
   */
  #read = null;
  /** Whether the reader asked for the text to be read, and has not written since. */
  #isSubmitted = false;
  #onChange;

  /**
   * @param {() => void} onChange  called when the text or the mode has changed
   * @param {() => void} onSubmit  called when the reader asks by key for the text to be read
   */
  constructor(onChange, onSubmit) {
    this.#onChange = onChange;
    const box = this.#box;
    box.addEventListener("focus", () => this.#show("editing"));
    box.addEventListener("input", () => {
      this.#isSubmitted = false;
      this.#show("editing");
    });
    document.addEventListener("paste", (event) => this.#paste(event, onSubmit));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit();
      if (event.key === "Escape") this.#escape(event);
    });
    byId("composer").addEventListener("focusout", ({ relatedTarget }) => {
      const isInside = relatedTarget instanceof Node && byId("composer").contains(relatedTarget);
      if (!isInside && this.isRead) this.#show("reading");
    });
    byId("edit").addEventListener("click", () => this.edit());
    byId("write-own").addEventListener("click", () => {
      this.edit();
      box.select();
    });
    byId("leave").addEventListener("click", () => this.leave());
    const legend = () => byId("legend").toggleAttribute("open", roomyScreen.matches);
    roomyScreen.addEventListener("change", legend);
    legend();
    let width = 0;
    const fit = oncePerFrame(() => this.#fit());
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width !== width) fit();
      width = contentRect.width;
    }).observe(this.#sheet);
    this.#show("editing");
  }

  get text() {
    return this.#box.value;
  }

  /** Whether the explanation that is shown is that of the text in the box. */
  get isRead() {
    return this.#read !== null && sameText(this.#read, this.#box.value);
  }

  /** Whether the box has a text that differs from the one that was read. */
  get isUnread() {
    return this.#read !== null && !this.isRead;
  }

  get isEditing() {
    return this.#review.dataset.mode === "editing";
  }

  /** @param {string} text */
  write(text) {
    this.#box.value = text;
    this.#show(this.isRead && document.activeElement !== this.#box ? "reading" : "editing");
  }

  /** Write the text again that was read. */
  revert() {
    this.write(this.#read ?? "");
    this.#box.focus();
  }

  /** The reader asked for the text to be read. */
  submit() {
    this.#isSubmitted = true;
  }

  /** @param {string} text  whose explanation is shown from now on */
  markRead(text) {
    this.#read = text;
    const isFocused = document.activeElement === this.#box;
    if (!this.isRead || (isFocused && !this.#isSubmitted)) this.#show("editing");
    // The focus would be lost with the box or the button.
    else if (isFocused || document.activeElement === byId("submit")) this.leave();
    else this.#show("reading");
    if (this.isRead) this.#isSubmitted = false;
  }

  /**
   * Edit the text.
   * @param {number} [place]  of the caret, in Unicode code points; by default the end
   */
  edit(place) {
    const caret = place === undefined ? this.#box.value.length : samePlace(this.#box.value, place);
    this.#box.focus({ preventScroll: true });
    this.#box.setSelectionRange(caret, caret);
  }

  /** Return to the coloured tokens, if they are those of the text. */
  leave() {
    if (!this.isRead) return;
    this.#show("reading");
    // The tokens of a text that was read just now are only built after this.
    queueMicrotask(() => {
      const token = /** @type {HTMLElement | null} */ (this.#tokens.querySelector('[tabindex="0"]'));
      token?.focus({ preventScroll: true });
    });
  }

  /**
   * Read a text that is pasted in the place of the whole review, or into no box at all. An edited
   * text that was not read yet is kept.
   * @param {ClipboardEvent} event
   * @param {() => void} onSubmit
   */
  #paste({ target, clipboardData }, onSubmit) {
    const box = this.#box;
    const text = clipboardData?.getData("text/plain") ?? "";
    if (text.trim() === "") return;
    const isBox = target instanceof Element && target.closest("input, textarea, select") !== null;
    if (target === box) {
      const isWhole = box.selectionEnd - box.selectionStart === box.value.length;
      // Once the browser has written it, so that it can be undone.
      if (isWhole) box.addEventListener("input", onSubmit, { once: true });
    } else if (!this.isUnread && !isBox) {
      this.write(text);
      onSubmit();
    }
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    event.stopPropagation();
    if (this.isRead) this.leave();
    else byId("submit").focus();
  }

  /** @param {"reading" | "editing"} mode */
  #show(mode) {
    this.#review.dataset.mode = mode;
    this.#review.toggleAttribute("data-unread", !this.isRead);
    this.#tokens.toggleAttribute("inert", mode === "editing");
    for (const name of ["edit", "write-own"]) byId(name).hidden = mode === "editing";
    byId("submit").hidden = mode === "reading";
    byId("leave").hidden = mode === "reading" || !this.isRead;
    this.#fit();
    this.#onChange();
  }

  /** Make the box as high as its text. While it lies over the tokens, it is as high as they are. */
  #fit() {
    const { style } = this.#box;
    if (this.isRead) {
      style.height = "";
      return;
    }
    const { scrollTop } = this.#review;
    style.height = "0";
    style.height = `${this.#box.scrollHeight}px`;
    this.#review.scrollTop = scrollTop;
  }
}
