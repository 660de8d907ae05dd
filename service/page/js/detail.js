/** Everything known about the active token, as numbers with their meaning. */
import { largestEntry } from "./colouring.js";
import { byId, element } from "./dom.js";
import { number, percent, signed } from "./format.js";
import { FLAGS } from "./flags.js";
import { gateNote, gateTitle } from "./gates.js";
import { narrowScreen } from "./theme.js";

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Token} Token
 */

export class Detail {
  /** @type {Explanation | null} */
  #explanation = null;
  #box = byId("detail");
  #summary = element("summary", null);
  #body = element("div", { class: "detail-body" });
  #selection;

  /** @param {import("./selection.js").Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    this.#box.append(this.#summary, this.#body);
    const unfold = () => this.#box.toggleAttribute("open", !narrowScreen.matches);
    narrowScreen.addEventListener("change", unfold);
    unfold();
    selection.subscribe(() => this.#render());
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#explanation = explanation;
    this.#render();
  }

  #render() {
    const index = this.#selection.active;
    const token = this.#explanation?.tokens[index ?? -1];
    if (!token) {
      this.#summary.textContent = "No token chosen";
      const help = "Point at a token, or walk there with the arrow keys. Click or Enter pins it.";
      this.#body.replaceChildren(element("p", { class: "note" }, help));
      return;
    }
    const glance = `P ${number(token.running_probability)}, entry ${signed(token.contribution.total)}`;
    this.#summary.replaceChildren(
      element("span", { class: "detail-word" }, token.text),
      element("span", { class: "detail-glance" }, glance),
    );
    this.#body.replaceChildren(this.#place(token, index), this.#numbers(token, index));
  }

  /**
   * @param {Token} token
   * @param {number} index
   */
  #place(token, index) {
    const isPinned = this.#selection.value.pinned === index;
    const { length: count } = this.#explanation.tokens;
    const button = (name, label, text, enabled, act) => {
      const node = element("button", { type: "button", class: "quiet", "data-name": name, "aria-label": label }, text);
      node.toggleAttribute("disabled", !enabled);
      node.addEventListener("click", () => {
        act();
        this.#box.querySelector(`[data-name="${name}"]:enabled`)?.focus();
      });
      return node;
    };
    const known = token.known ? "in the vocabulary" : "not in the vocabulary: read as [UNK]";
    return element(
      "div",
      { class: "detail-place" },
      element("p", null, `Token ${index + 1} of ${count}, ${known}`),
      element(
        "div",
        { class: "detail-buttons" },
        button("previous", "Previous token", "←", index > 0, () => this.#selection.pin(index - 1, "detail")),
        button("next", "Next token", "→", index < count - 1, () => this.#selection.pin(index + 1, "detail")),
        button("pin", isPinned ? "Unpin token" : "Pin token", isPinned ? "Unpin" : "Pin", true, () =>
          this.#selection.toggle(index, "detail"),
        ),
      ),
    );
  }

  /**
   * @param {Token} token
   * @param {number} index
   */
  #numbers(token, index) {
    const { tokens, convention } = this.#explanation;
    const before = tokens[index - 1]?.running_probability;
    const { total, new_word: newWord, recalled_context: context } = token.contribution;
    const moved = before === undefined ? "first token" : `from ${number(before)}`;
    const flip = token.flags.includes("flip") ? "; the verdict changes sides" : "";
    const size = largestEntry(tokens);
    return element(
      "dl",
      null,
      entry("Running P(positive)", number(token.running_probability), { note: `${moved}${flip}` }),
      entry("Contribution", signed(total), { note: "to the logit, at the end of the review" }),
      entry("New word", signed(newWord), { kind: "part", picture: signedBar(newWord, size) }),
      entry("Recalled context", signed(context), { kind: "part", picture: signedBar(context, size) }),
      ...(token.credit === null ? [] : [entry("Credit", signed(token.credit), { note: "with what it did to later gates" })]),
      ...token.flags
        .filter((flag) => flag !== "flip")
        .map((flag) => entry(FLAGS[flag].label, "", { kind: "flag", note: FLAGS[flag].evidence(token, index, this.#explanation) })),
      entry("Recalled share", percent(token.recalled_share), { note: "of the candidate came from the old state" }),
      entry("Released share", percent(token.released_share), { note: "of the old state, weighed by the head, was let go" }),
      entry("Kept share", percent(token.kept_share), { note: "of what it wrote is left at the end" }),
      gateEntry("reset", token.reset, convention),
      gateEntry("update", token.update, convention),
    );
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {{note?: string, kind?: string, picture?: HTMLElement}} more
 */
function entry(name, value, { note, kind = "", picture }) {
  const group = element("div", { class: kind }, element("dt", null, name), element("dd", null, value));
  if (picture) group.append(element("dd", { class: "picture", "aria-hidden": "true" }, picture));
  if (note) group.append(element("dd", { class: "note" }, note));
  return group;
}

/**
 * @param {import("./gates.js").GateName} gate
 * @param {import("./api.js").GateSummary} summary
 * @param {import("./api.js").Convention} convention
 */
function gateEntry(gate, { mean, min, max }, convention) {
  const picture = element("span", { class: `range ${gate}` }, element("i", null), element("b", null));
  for (const [name, value] of Object.entries({ mean, min, max })) {
    picture.style.setProperty(`--${name}`, String(value));
  }
  const note = `${number(min)} to ${number(max)} over all units. ${gateNote(gate, convention)}`;
  return entry(gateTitle(gate, convention), `mean ${number(mean)}`, { note, picture });
}

/**
 * @param {number} value
 * @param {number} size  the largest entry of the review, which fills its half
 */
function signedBar(value, size) {
  const bar = element("span", { class: `signed ${value > 0 ? "positive" : "negative"}` });
  bar.style.setProperty("--size", String(Math.abs(value) / size));
  return bar;
}
