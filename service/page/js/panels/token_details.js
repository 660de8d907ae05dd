/** All numbers of the active token, with their meaning. */
import { narrowScreen } from "../charts/theme.js";
import { byId, element } from "../core/dom.js";
import { number, percent, signed } from "../core/format.js";
import { largestPart } from "../explanation/colouring.js";
import { shareOf } from "../explanation/words.js";
import { FLAGS } from "../explanation/flags.js";
import { gateNote, gateTitle } from "../explanation/gates.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Token} Token
 */

export class TokenDetails {
  /** @type {Explanation | null} */
  #explanation = null;
  #box = byId("detail");
  #summary = element("summary", null);
  #body = element("div", { class: "detail-body" });
  #selection;

  /** @param {import("../core/selection.js").Selection} selection */
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
    const explanation = this.#explanation;
    const index = this.#selection.active ?? -1;
    const token = explanation?.tokens[index];
    if (!explanation || !token) {
      this.#summary.textContent = "No token chosen";
      const help = "Point at a token, or move to it with the arrow keys. Click or Enter pins it.";
      byId("glance").replaceChildren(explanation ? `${help} Typing edits the review.` : "");
      this.#body.replaceChildren(element("p", { class: "note" }, help));
      return;
    }
    const glance = `P ${number(token.running_probability)}, ${token.attribution === null ? "contribution" : "attribution"} ${signed(shareOf(token))}`;
    this.#summary.replaceChildren(
      element("span", { class: "detail-word" }, token.text),
      element("span", { class: "detail-glance" }, glance),
    );
    byId("glance").replaceChildren(...glanceAt(token));
    this.#body.replaceChildren(
      this.#position(token, index, explanation.tokens.length),
      numbers(token, index, explanation),
    );
  }

  /**
   * @param {Token} token
   * @param {number} index
   * @param {number} count  number of tokens
   */
  #position(token, index, count) {
    const isPinned = this.#selection.value.pinned === index;
    const read = token.read_as === null ? "" : `read as “${token.read_as}”, `;
    const known = read + (token.known ? "in the vocabulary" : "not in the vocabulary: read as [UNK]");
    const previous = this.#button("previous", "Previous token", "←", () => this.#selection.pin(index - 1, "detail"));
    const next = this.#button("next", "Next token", "→", () => this.#selection.pin(index + 1, "detail"));
    previous.toggleAttribute("disabled", index === 0);
    next.toggleAttribute("disabled", index === count - 1);
    const pin = this.#button("pin", isPinned ? "Unpin token" : "Pin token", isPinned ? "Unpin" : "Pin", () =>
      this.#selection.toggle(index, "detail"),
    );
    return element(
      "div",
      { class: "detail-place" },
      element("p", null, `Token ${index + 1} of ${count}, ${known}`),
      element("div", { class: "detail-buttons" }, previous, next, pin),
    );
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} text
   * @param {() => void} act
   */
  #button(name, label, text, act) {
    const node = element("button", { type: "button", class: "quiet", "data-name": name, "aria-label": label }, text);
    node.addEventListener("click", () => {
      act();
      // The buttons are built anew for the next token; the keyboard's focus stays on the same one.
      /** @type {HTMLElement | null} */ (this.#box.querySelector(`[data-name="${name}"]:enabled`))?.focus();
    });
    return node;
  }
}

/**
 * What a token did, in a line under the review.
 * @param {Token} token
 * @returns {(Node | string)[]}
 */
function glanceAt(token) {
  const share = `${token.attribution === null ? "contribution" : "attribution"} ${signed(shareOf(token))}`;
  const without = token.without === null ? "" : `; without it, P(positive) would be ${number(token.without)}`;
  return [
    element("strong", null, token.text),
    ` ${share}${without}; running P(positive) ${number(token.running_probability)}. `,
    element("a", { href: "#detail" }, "All its numbers"),
  ];
}

/**
 * @param {Token} token
 * @param {number} index
 * @param {Explanation} explanation
 */
function numbers(token, index, explanation) {
  const { tokens, convention } = explanation;
  const before = tokens[index - 1]?.running_probability;
  const { total, new_word: newWord, recalled_context: context } = token.decomposition;
  const moved = before === undefined ? "first token" : `from ${number(before)}`;
  const flip = token.flags.includes("flip") ? "; the running prediction flips" : "";
  const size = largestPart(tokens);
  return element(
    "dl",
    null,
    entry("Running P(positive)", number(token.running_probability), { note: `${moved}${flip}` }),
    ...accountEntries(token),
    entry("Contribution", signed(total), { note: "what it wrote into the state, at the end" }),
    entry("New word", signed(newWord), { kind: "part", picture: signedBar(newWord, size) }),
    entry("Recalled context", signed(context), { kind: "part", picture: signedBar(context, size) }),
    ...token.flags
      .filter((flag) => flag !== "flip")
      .map((flag) => entry(FLAGS[flag].label, "", { kind: "flag", note: FLAGS[flag].evidence(token, index, explanation) })),
    entry("Recalled share", percent(token.recalled_share), { note: "of the candidate came from the old state" }),
    entry("Released share", percent(token.released_share), { note: "of the old state, weighted by the head, was let go" }),
    entry("Kept share", percent(token.kept_share), { note: "of what it wrote is left at the end" }),
    gateEntry("reset", token.reset, convention),
    gateEntry("update", token.update, convention),
  );
}

/**
 * What the token did to the prediction; nothing if that was not computed.
 * @param {Pick<Token, "attribution" | "without">} token
 */
function accountEntries({ attribution, without }) {
  if (attribution === null || without === null) return [];
  return [
    entry("Attribution", signed(attribution), { note: "of the logit, with what it did to later gates" }),
    entry("Without it", number(without), { note: "P(positive), had the token not been there" }),
  ];
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
 * @param {import("../core/types.js").Gate} gate
 * @param {import("../core/types.js").GateSummary} summary
 * @param {import("../core/types.js").Convention} convention
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
 * @param {number} size  the value whose bar fills its half
 */
function signedBar(value, size) {
  const bar = element("span", { class: `signed ${value > 0 ? "positive" : "negative"}` });
  bar.style.setProperty("--size", String(Math.abs(value) / size));
  return bar;
}
