/** The same numbers as a table: for screen readers, for copying, and to be exact. */
import { byId, element } from "./dom.js";
import { number, percent, signed } from "./format.js";
import { updateSymbol } from "./gates.js";

/** @typedef {import("./api.js").Explanation} Explanation */

export class NumberTable {
  /** @type {Explanation | null} */
  #waiting = null;
  #details = /** @type {HTMLDetailsElement} */ (byId("numbers"));

  /** A long table is only built when it is opened. */
  constructor() {
    this.#details.addEventListener("toggle", () => this.#build());
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#waiting = explanation;
    this.#build();
  }

  #build() {
    if (!this.#details.open || !this.#waiting) return;
    const { tokens, convention } = this.#waiting;
    this.#waiting = null;
    const heads = [
      "#", "token", "known", "P(positive)", "contribution", "new word", "recalled context", "recalled share",
      "kept share", "released share", "flags", "reset r mean", "min", "max", `update ${updateSymbol(convention)} mean`, "min", "max",
      ...(tokens[0].credit === null ? [] : ["credit"]),
      ...(tokens[0].effects ? ["Δ reset open", "Δ reset average", "Δ update closed"] : []),
    ];
    const head = element("tr", null, ...heads.map((text) => element("th", { scope: "col" }, text)));
    const rows = tokens.map((token, index) => element("tr", null, ...cells(token, index)));
    byId("table").replaceChildren(
      element("table", null, element("thead", null, head), element("tbody", null, ...rows)),
    );
  }
}

/**
 * @param {import("./api.js").Token} token
 * @param {number} index
 */
function cells(token, index) {
  const { contribution, reset, update, effects, credit } = token;
  const numbers = [
    token.known ? "yes" : "no",
    number(token.running_probability),
    signed(contribution.total),
    signed(contribution.new_word),
    signed(contribution.recalled_context),
    percent(token.recalled_share),
    percent(token.kept_share),
    percent(token.released_share),
    token.flags.join(", "),
    ...[reset, update].flatMap(({ mean, min, max }) => [mean, min, max].map((value) => number(value))),
    ...(credit === null ? [] : [signed(credit)]),
    ...(effects ? [effects.reset_opened, effects.reset_averaged, effects.update_closed] : []).map((value) => signed(value)),
  ];
  return [
    element("td", null, String(index + 1)),
    element("th", { scope: "row" }, token.text),
    ...numbers.map((text) => element("td", null, text)),
  ];
}
