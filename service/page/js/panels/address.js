/** The address of what is shown: the review and the way in which it is displayed. */
import { remember } from "../core/history.js";
import { OPENING } from "../story/steps.js";
import { readDisplay } from "./display.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/permalink.js").Question} Question
 */

/**
 * The review that the page opens with.
 * @type {Question}
 */
export const ARRIVAL = { text: OPENING, convention: "pytorch", display: {} };

export class Address {
  /** Whether the address has no review, and the page shows the one that it opens with. */
  isArrival = false;
  #parts;

  /** @param {import("./display.js").Parts} parts  of the page, whose display is in the address */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * The question whose link restores what is shown.
   * @param {Explanation} explanation
   * @returns {Question}
   */
  questionOf(explanation) {
    const { text, convention } = explanation;
    return { text, convention, display: readDisplay(this.#parts, explanation) };
  }

  /**
   * Put what is shown into the address. That of the page stays as it is until the reader changes
   * something.
   * @param {Explanation} explanation
   * @param {"push" | "replace"} how
   */
  remember(explanation, how) {
    const question = this.questionOf(explanation);
    const { text, convention, display } = question;
    const isAtDefaults = text === OPENING && convention === "pytorch" && Object.keys(display).length === 0;
    if (this.isArrival && isAtDefaults && how === "replace") return;
    this.isArrival = false;
    remember(question, how);
  }
}
