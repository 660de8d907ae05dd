/** The review with every token coloured: a list of options that the arrow keys move in. Typing edits it. */
import { choice } from "../core/choice.js";
import { byId, closestTo, element } from "../core/dom.js";
import { hasModifier, nextToken, writes } from "../core/keyboard.js";
import { activeToken } from "../core/selection.js";
import { COLOURINGS, colouringsByGroup, tintOf } from "../explanation/colouring.js";
import { FLAGS } from "../explanation/flags.js";
import { pieces } from "../explanation/pieces.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Token} Token
 * @typedef {import("../explanation/colouring.js").OptionalField} OptionalField
 * @typedef {import("../core/selection.js").SelectionState} SelectionState
 */

const BAR_PIXELS = 4;

export class TokenHighlight {
  /** @type {HTMLElement[]} */
  #options = [];
  /** @type {Explanation | null} */
  #explanation = null;
  #box = byId("token-highlight");
  #selection;
  #requestField;
  #onBuild;
  #onEdit;
  colouring;

  /**
   * @param {import("../core/selection.js").Selection} selection
   * @param {object} calls
   * @param {() => void} calls.onChange  called when the reader chooses another colouring
   * @param {(field: OptionalField) => void} calls.requestField  requests the explanation with that field
   * @param {(words: HTMLElement[]) => void} calls.onBuild  called with the tokens of another review
   * @param {(place: number) => void} calls.onEdit  called when the reader writes into the review, with
   *   the place in the text, in Unicode code points
   */
  constructor(selection, { onChange, requestField, onBuild, onEdit }) {
    this.#selection = selection;
    this.#requestField = requestField;
    this.#onBuild = onBuild;
    this.#onEdit = onEdit;
    this.colouring = choice(
      /** @type {HTMLSelectElement} */ (byId("colouring")),
      colouringsByGroup(),
      () => {
        onChange();
        this.#paint();
      },
    );
    this.#listen();
    selection.subscribe((state, before) => this.#mark(state, before));
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    const isOther = explanation.text !== this.#explanation?.text || explanation.tokens.length !== this.#options.length;
    this.#explanation = explanation;
    if (isOther) this.#build(explanation);
    this.#paint();
  }

  /** @param {Explanation} explanation */
  #build(explanation) {
    this.#options = [];
    const parts = pieces(explanation.text, explanation.tokens).map(({ text, token }) => {
      if (token !== null) return this.#option(text, token, explanation.tokens[token]);
      const isMarkup = text.trim() !== "";
      return element("span", { class: isMarkup ? "between tag" : "between", role: "presentation" }, text);
    });
    this.#box.replaceChildren(...parts);
    this.#box.hidden = false;
    byId("review").scrollTop = 0;
    this.#makeTabStop(this.#selection.active ?? 0);
    this.#onBuild(this.#options);
  }

  /** Colour by what every response has, because the field of the chosen colouring was refused. */
  resetColouring() {
    this.colouring.choose("total");
    this.#paint();
  }

  /**
   * @param {string} text
   * @param {number} index
   * @param {Token} token
   */
  #option(text, index, token) {
    const option = element("span", { class: "token", role: "option", tabindex: "-1" }, text);
    option.dataset.token = String(index);
    option.setAttribute("aria-selected", String(index === this.#selection.value.pinned));
    option.classList.toggle("active", index === this.#selection.active);
    option.classList.toggle("unknown", !token.known);
    if (token.flags.includes("flip")) {
      option.dataset.flip = token.running_probability > 0.5 ? "positive" : "negative";
    }
    this.#options.push(option);
    return option;
  }

  /** Colour every token, and put the same into words for screen readers. */
  #paint() {
    if (!this.#explanation) return;
    const { tokens } = this.#explanation;
    const { note, scale, ends, signedValue, spoken, needs } = COLOURINGS[this.colouring.value];
    byId("highlight-note").textContent = note;
    const isMissing = needs !== undefined && tokens[0][needs] === null;
    this.#box.ariaBusy = String(isMissing);
    if (isMissing) {
      this.#requestField(needs);
      return;
    }
    const full = scale(tokens);
    this.#options.forEach((option, index) => {
      const token = tokens[index];
      const { sign, strength } = tintOf(signedValue(token), full);
      option.dataset.sign = sign;
      option.style.setProperty("--strength", String(strength));
      option.style.setProperty("--edge", `${Math.round(strength * BAR_PIXELS)}px`);
      const extras = [token.read_as === null ? "" : `, read as ${token.read_as}`, token.known ? "" : ", unknown word", ...token.flags.map((flag) => `, ${FLAGS[flag].spoken}`)];
      option.ariaLabel = `${token.text}: ${spoken(token)}${extras.join("")}`;
    });
    showLegend(ends(full), tokens);
  }

  #listen() {
    const box = this.#box;
    const selection = this.#selection;
    box.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse") selection.hover(tokenOf(event), "highlight");
    });
    box.addEventListener("pointerleave", () => selection.hover(null, "highlight"));
    box.addEventListener("click", (event) => {
      const token = tokenOf(event);
      if (token !== null) selection.toggle(token, "highlight");
    });
    box.addEventListener("dblclick", (event) => {
      const token = tokenOf(event);
      if (token !== null) this.#edit(token);
    });
    box.addEventListener("focusin", (event) => {
      if (closestTo(event, ".token:focus-visible")) selection.hover(tokenOf(event), "highlight");
    });
    box.addEventListener("focusout", () => selection.hover(null, "highlight"));
    box.addEventListener("keydown", (event) => this.#key(event, tokenOf(event)));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number | null} token
   */
  #key(event, token) {
    if (token === null || event.isComposing) return;
    if (writes(event)) {
      // The key is not cancelled: the box has the focus from here on, and takes it.
      this.#edit(token);
      return;
    }
    if (hasModifier(event)) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#selection.toggle(token, "highlight");
      return;
    }
    const next = nextToken(event.key, token, this.#options.length);
    if (next === null) return;
    event.preventDefault();
    this.#makeTabStop(next);
    this.#options[next].focus();
  }

  /** @param {number} token  behind which the caret is placed */
  #edit(token) {
    if (this.#explanation) this.#onEdit(this.#explanation.tokens[token].end);
  }

  /** @param {number} index  of the only token that the Tab key reaches */
  #makeTabStop(index) {
    this.#box.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.#options[index]?.setAttribute("tabindex", "0");
  }

  /**
   * @param {SelectionState} state
   * @param {SelectionState} before
   */
  #mark(state, before) {
    this.#optionOf(activeToken(before))?.classList.remove("active");
    const active = this.#optionOf(activeToken(state));
    active?.classList.add("active");
    if (before.pinned !== state.pinned) {
      this.#optionOf(before.pinned)?.setAttribute("aria-selected", "false");
      this.#optionOf(state.pinned)?.setAttribute("aria-selected", "true");
      if (state.pinned !== null) this.#makeTabStop(state.pinned);
    }
    if (state.origin !== "highlight" && active) this.#reveal(active);
  }

  /**
   * @param {number | null} token
   * @returns {HTMLElement | undefined}
   */
  #optionOf(token) {
    return this.#options[token ?? -1];
  }

  /** @param {HTMLElement} option  scrolled into view within the box; the page does not scroll */
  #reveal(option) {
    const box = byId("review");
    const above = option.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (above < 0 || above + option.offsetHeight > box.clientHeight) box.scrollTop += above - box.clientHeight / 2;
  }
}

/**
 * @param {[string, string, string]} ends
 * @param {Token[]} tokens
 */
function showLegend(ends, tokens) {
  const key = [
    element("span", { class: "sample negative" }, "bar below: negative"),
    element("span", { class: "sample positive" }, "bar above: positive"),
  ];
  if (tokens.some(({ flags }) => flags.includes("flip"))) {
    key.push(element("span", { class: "sample flip" }, "the running prediction flips"));
  }
  if (tokens.some(({ known }) => !known)) {
    key.push(element("span", { class: "unknown" }, "not in the vocabulary"));
  }
  byId("highlight-legend").replaceChildren(
    element(
      "span",
      { class: "ramp-box" },
      element("span", { class: "ramp", "aria-hidden": "true" }),
      element("span", { class: "ramp-ends" }, ...ends.map((end) => element("span", null, end))),
    ),
    element("span", { class: "key" }, ...key),
  );
}

/**
 * @param {Event} event
 * @returns {number | null} number of the token that the event happened at
 */
function tokenOf(event) {
  const option = closestTo(event, ".token");
  return option ? Number(option.dataset.token) : null;
}
