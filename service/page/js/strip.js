/** The review as a strip of tokens: a list of options to walk with the arrow keys. */
import { choice } from "./choice.js";
import { COLOURINGS } from "./colouring.js";
import { byId, element } from "./dom.js";
import { FLAGS } from "./flags.js";
import { pieces } from "./pieces.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./selection.js").Selection} Selection
 */

/** Token moved to by each key, from token `at` of `count`. */
const MOVES = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at + 10,
  ArrowUp: (at) => at - 10,
  Home: () => 0,
  End: (_, count) => count - 1,
};

const BAR_PIXELS = 4;

export class Strip {
  /** @type {HTMLElement[]} */
  #options = [];
  /** @type {Explanation | null} */
  #explanation = null;
  #box = byId("strip");
  #selection;
  #askMore;
  colouring;

  /**
   * @param {Selection} selection
   * @param {() => void} onChange  called when the reader chooses another colouring
   * @param {(what: "effects" | "credit") => void} askMore  brings the same explanation with that
   */
  constructor(selection, onChange, askMore) {
    this.#selection = selection;
    this.#askMore = askMore;
    this.colouring = choice(
      /** @type {HTMLSelectElement} */ (byId("colouring")),
      colouringsByGroup(),
      () => {
        onChange();
        this.#paint();
      },
    );
    this.#listen();
    selection.subscribe((look, before) => this.#mark(look, before));
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#explanation = explanation;
    this.#options = [];
    const parts = pieces(explanation.text, explanation.tokens).map(({ text, token }) => {
      if (token === null) {
        const tag = text.trim() !== "";
        return element("span", { class: tag ? "between tag" : "between", role: "presentation" }, text);
      }
      return this.#option(text, token);
    });
    this.#box.replaceChildren(...parts);
    this.#box.scrollTop = 0;
    this.#paint();
    this.#roveTo(this.#selection.active ?? 0);
  }

  /** Go back to the first colouring: what the chosen one needs cannot be had. */
  giveUp() {
    this.colouring.restore(undefined);
    this.#paint();
  }

  /**
   * @param {string} text
   * @param {number} index
   */
  #option(text, index) {
    const token = this.#explanation.tokens[index];
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

  /** Colour every token, and say in words what the colour says. */
  #paint() {
    const { tokens } = this.#explanation;
    const { note, scale, ends, signedValue, spoken, needs } = COLOURINGS[this.colouring.value];
    byId("strip-note").textContent = note;
    this.#box.ariaBusy = String(Boolean(needs && tokens[0][needs] === null));
    if (this.#box.ariaBusy === "true") {
      this.#askMore(needs);
      return;
    }
    const full = scale(tokens);
    this.#options.forEach((option, index) => {
      const token = tokens[index];
      const value = signedValue(token);
      option.dataset.sign = value > 0 ? "positive" : "negative";
      const strength = Math.min(1, Math.abs(value) / full);
      option.style.setProperty("--strength", String(strength));
      option.style.setProperty("--edge", `${Math.round(strength * BAR_PIXELS)}px`);
      const extras = [token.known ? "" : ", unknown word", ...token.flags.map((flag) => `, ${FLAGS[flag].spoken}`)];
      option.ariaLabel = `${token.text}: ${spoken(token)}${extras.join("")}`;
    });
    this.#legend(ends(full));
  }

  /** @param {[string, string, string]} ends */
  #legend([left, middle, right]) {
    const { tokens } = this.#explanation;
    const key = [
      element("span", { class: "sample negative" }, "bar below: negative"),
      element("span", { class: "sample positive" }, "bar above: positive"),
    ];
    if (tokens.some(({ flags }) => flags.includes("flip"))) {
      key.push(element("span", { class: "sample flip" }, "running verdict changes sides"));
    }
    if (tokens.some(({ known }) => !known)) {
      key.push(element("span", { class: "unknown" }, "not in the vocabulary"));
    }
    byId("strip-legend").replaceChildren(
      element(
        "span",
        { class: "ramp-box" },
        element("span", { class: "ramp", "aria-hidden": "true" }),
        element("span", { class: "ramp-ends" }, ...[left, middle, right].map((end) => element("span", null, end))),
      ),
      element("span", { class: "key" }, ...key),
    );
  }

  #listen() {
    const tokenOf = (event) => {
      const option = event.target.closest?.(".token");
      return option ? Number(option.dataset.token) : null;
    };
    const box = this.#box;
    const selection = this.#selection;
    box.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse") selection.hover(tokenOf(event), "strip");
    });
    box.addEventListener("pointerleave", () => selection.hover(null, "strip"));
    box.addEventListener("click", (event) => {
      const token = tokenOf(event);
      if (token !== null) selection.toggle(token, "strip");
    });
    box.addEventListener("focusin", (event) => {
      if (event.target.matches(":focus-visible")) selection.hover(tokenOf(event), "strip");
    });
    box.addEventListener("focusout", () => selection.hover(null, "strip"));
    box.addEventListener("keydown", (event) => this.#key(event, tokenOf(event)));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number | null} token
   */
  #key(event, token) {
    if (token === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#selection.toggle(token, "strip");
    } else if (event.key in MOVES) {
      event.preventDefault();
      const count = this.#options.length;
      const next = Math.max(0, Math.min(count - 1, MOVES[event.key](token, count)));
      this.#roveTo(next);
      this.#options[next].focus();
    }
  }

  /** @param {number} index  the one token that Tab reaches */
  #roveTo(index) {
    this.#box.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.#options[index]?.setAttribute("tabindex", "0");
  }

  /**
   * @param {import("./selection.js").Look} look
   * @param {import("./selection.js").Look} before
   */
  #mark(look, before) {
    const was = before.hovered ?? before.pinned;
    const is = look.hovered ?? look.pinned;
    this.#options[was]?.classList.remove("active");
    this.#options[is]?.classList.add("active");
    if (before.pinned !== look.pinned) {
      this.#options[before.pinned]?.setAttribute("aria-selected", "false");
      this.#options[look.pinned]?.setAttribute("aria-selected", "true");
      if (look.pinned !== null) this.#roveTo(look.pinned);
    }
    if (look.origin !== "strip" && this.#options[is]) this.#reveal(this.#options[is]);
  }

  /** @param {HTMLElement} option  scrolled into the strip's own window, never the page */
  #reveal(option) {
    const box = this.#box;
    const above = option.offsetTop - box.offsetTop;
    if (above < box.scrollTop || above + option.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = above - box.clientHeight / 2;
    }
  }
}

function colouringsByGroup() {
  /** @type {Record<string, {value: string, label: string}[]>} */
  const groups = {};
  for (const [value, { label, group }] of Object.entries(COLOURINGS)) {
    (groups[group] ??= []).push({ value, label });
  }
  return groups;
}
