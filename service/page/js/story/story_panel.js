/**
 * The story of a review: what happened, in words and as a line under them, and a slider that holds
 * a gate over some of the words. All stops of the slider come from one request.
 */
import { sweep } from "../core/api.js";
import { byId, element } from "../core/dom.js";
import { LatestRequest } from "../core/latest_request.js";
import { GATES } from "../core/options.js";
import { heldRange } from "../core/permalink.js";
import { segments } from "../core/segments.js";
import { accountOf, chance } from "./account.js";
import { AS_IT_WAS, heldSentence, meanGate, rangeWords, runAt, stopsOf, valueWords } from "./held.js";
import { describeLine, lineLegend } from "./line_legend.js";
import { RunningLine } from "./running_line.js";
import { drawSmallLine } from "./small_line.js";
import { StepList } from "./step_list.js";
import { turnOf, usualRange } from "./turn.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Sweep} Sweep
 * @typedef {import("../core/permalink.js").Display} Display
 * @typedef {import("../core/view.js").Range} Range
 */

const NAMES = { negative: "Negative", positive: "Positive", undecided: "Can’t tell" };
const OPEN = "1";

export class StoryPanel {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Sweep | null} */
  #sweep = null;
  /** @type {Range} */
  #range = { first: 0, last: 0 };
  /** @type {string[]} */
  #stops = [];
  /** Key of the stop that is shown. */
  #at = AS_IT_WAS;
  #request = new LatestRequest(byId("story-hold"), byId("story-problem"), () => this.#forget());
  #slider = /** @type {HTMLInputElement} */ (byId("hold-value"));
  #lists = {
    first: /** @type {HTMLSelectElement} */ (byId("range-first")),
    last: /** @type {HTMLSelectElement} */ (byId("range-last")),
  };
  #line = new RunningLine(byId("story-sheet"));
  #gate;
  #onChange;
  #steps;

  /**
   * @param {() => void} onChange  called when the reader changes what is held
   * @param {(link: string) => void} follow  opens the link of a step
   */
  constructor(onChange, follow) {
    this.#onChange = onChange;
    this.#steps = new StepList(follow);
    this.#line.chooseBy(byId("token-highlight"), (range, isDone) => this.#choose(range, isDone));
    this.#gate = segments(byId("held-gate"), GATES, () => {
      this.#at = AS_IT_WAS;
      this.#hold();
    });
    this.#slider.addEventListener("input", () => this.#move(this.#stops[this.#slider.valueAsNumber]));
    for (const [end, list] of Object.entries(this.#lists)) {
      list.addEventListener("change", () => {
        const token = Number(list.value);
        const { first, last } = this.#range;
        this.#choose(end === "first" ? { first: token, last: Math.max(token, last) } : { first: Math.min(token, first), last: token }, true);
      });
    }
    for (const button of this.#buttons) {
      button.addEventListener("click", () => this.#move(button.dataset.stop ?? AS_IT_WAS));
    }
  }

  /**
   * @param {Explanation} explanation
   * @param {Display | null} display  what is held in a link; null keeps what is held
   */
  show(explanation, display) {
    const before = this.#explanation;
    this.#explanation = explanation;
    if (display) this.#restore(explanation, display);
    else if (before && before.convention !== explanation.convention) this.#convert();
    const isOther = before?.text !== explanation.text;
    if (isOther) {
      this.#line.begin(explanation.tokens);
      this.#listWords(explanation);
    }
    const { lead, rest } = accountOf(explanation);
    byId("story-lead").textContent = lead;
    byId("story-rest").textContent = rest;
    this.#line.describe(describeLine(explanation));
    byId("story-legend").replaceChildren(...lineLegend(explanation));
    this.#hold();
  }

  /**
   * Draw the line under the words of another review.
   * @param {HTMLElement[]} words  one for each token
   */
  place(words) {
    this.#line.place(words);
    this.#line.reveal(this.#range);
  }

  /**
   * What is held, for a link. What is at its default is left out.
   * @returns {Display}
   */
  readDisplay() {
    if (!this.#explanation) return {};
    const { first, last } = this.#range;
    const usual = usualRange(this.#explanation);
    const isUsual = first === usual.first && last === usual.last;
    return {
      ...(!this.#gate.isFirst && { held: this.#gate.value }),
      ...(!isUsual && { words: `${first}-${last}` }),
      ...(this.#at !== AS_IT_WAS && { at: this.#at }),
    };
  }

  /**
   * @param {Explanation} explanation
   * @param {Display} display
   */
  #restore(explanation, display) {
    this.#gate.restore(display.held);
    this.#range = heldRange(display, explanation.tokens.length) ?? usualRange(explanation);
    const isStop = stopsOf(0).includes(display.at ?? "");
    this.#at = isStop ? display.at : AS_IT_WAS;
  }

  /** Keep the same gate at the same value in the other convention. */
  #convert() {
    const value = Number(this.#at);
    if (this.#gate.value === "update" && !Number.isNaN(value)) this.#at = String(Math.round(10 * (1 - value)) / 10);
  }

  /** @param {Explanation} explanation */
  #listWords({ tokens }) {
    for (const list of Object.values(this.#lists)) {
      list.replaceChildren(
        ...tokens.map(({ text }, index) => element("option", { value: String(index) }, `${index + 1} ${text}`)),
      );
    }
  }

  /**
   * Hold the gate over other words.
   * @param {Range} range
   * @param {boolean} isDone  whether the reader has let go of the words
   */
  #choose(range, isDone) {
    this.#range = range;
    this.#showRange();
    if (isDone) {
      this.#hold();
      this.#onChange();
    } else {
      this.#draw(null);
    }
  }

  #showRange() {
    this.#lists.first.value = String(this.#range.first);
    this.#lists.last.value = String(this.#range.last);
  }

  /** Request all stops of the chosen gate over the chosen words, and show the chosen one. */
  async #hold() {
    const explanation = this.#explanation;
    if (!explanation) return;
    const { text, convention, tokens, model } = explanation;
    const gate = this.#gate.value;
    const { first, last } = this.#range;
    this.#sweep = null;
    this.#stops = stopsOf(meanGate(tokens, gate, this.#range));
    this.#slider.max = String(this.#stops.length - 1);
    this.#slider.dataset.gate = gate;
    for (const [name, key] of Object.entries({ "hold-low": "0", "hold-high": "1" })) {
      byId(name).textContent = valueWords(gate, key, convention).replace("at ", "");
    }
    this.#showRange();
    this.#showStop();
    await this.#request.send(
      (signal) => sweep({ text, convention, gate, first, last, model: model.id }, signal),
      (response) => {
        this.#sweep = response;
        byId("hold-result").hidden = false;
        this.#enable(true);
        this.#showInvitation(response);
        this.#showStop();
        this.#showSteps();
      },
    );
  }

  /** The sweep was refused: nothing can be held, and the line is that of the review as it was read. */
  #forget() {
    this.#at = AS_IT_WAS;
    this.#enable(false);
    byId("hold-result").hidden = true;
    byId("story-invitation").replaceChildren();
    this.#draw(null);
    this.#showSteps();
  }

  /** The buttons of the two stops that have no place on the scale of the gate. */
  get #buttons() {
    return /** @type {NodeListOf<HTMLElement>} */ (byId("story-hold").querySelectorAll("[data-stop]"));
  }

  /** @param {boolean} isOn  whether there are stops to choose */
  #enable(isOn) {
    for (const control of [this.#slider, ...this.#buttons]) control.toggleAttribute("disabled", !isOn);
  }

  /** @param {string} key  of the stop to show */
  #move(key) {
    this.#at = key;
    this.#showStop();
    this.#showSteps();
    this.#onChange();
  }

  #showStop() {
    const value = this.#stops.indexOf(this.#at);
    this.#slider.value = String(value);
    for (const button of this.#buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.stop === this.#at));
    }
    const response = this.#sweep;
    if (!response) {
      this.#draw(null);
      return;
    }
    const { label, probability_positive: positive, running } = runAt(response, this.#at);
    const isHeld = this.#at !== AS_IT_WAS;
    const words = valueWords(response.gate, this.#at, response.convention);
    byId("held-probability").textContent = chance(positive);
    const verdict = response.undecided ? "undecided" : label;
    byId("held-label").textContent = NAMES[verdict];
    byId("held-verdict").className = `held-verdict ${verdict}`;
    byId("held-value").textContent = words;
    byId("held-sentence").textContent = isHeld ? heldSentence(response, this.#at) : unheldSentence(response);
    this.#slider.setAttribute("aria-valuetext", `${words}: P(positive) ${chance(positive)}, ${NAMES[verdict]}`);
    this.#draw(isHeld ? running : null);
  }

  /** @param {readonly number[] | null} held */
  #draw(held) {
    const { tokens } = /** @type {Explanation} */ (this.#explanation);
    const running = tokens.map((token) => token.running_probability);
    const drawing = { running, held, gate: this.#gate.value, range: this.#range };
    this.#line.draw(drawing);
    drawSmallLine(byId("held-line"), drawing);
  }

  /**
   * Where letting all of the old state in turns the verdict back, offer it beside the account.
   * @param {Sweep} response
   */
  #showInvitation(response) {
    const box = byId("story-invitation");
    box.replaceChildren();
    const explanation = /** @type {Explanation} */ (this.#explanation);
    const isTurn = response.gate === "reset" && turnOf(explanation) !== null && !explanation.undecided;
    if (!isTurn || runAt(response, OPEN).label === response.as_it_was.label) return;
    const button = element("button", { type: "button", class: "linklike" }, "Stop it from forgetting");
    button.addEventListener("click", () => {
      this.#move(OPEN);
      this.#slider.focus();
    });
    const where = rangeWords(response.tokens, response);
    box.append(button, `: open its reset gate ${where}.`);
  }

  #showSteps() {
    const explanation = /** @type {Explanation} */ (this.#explanation);
    const usual = usualRange(explanation);
    const isUsual = this.#range.first === usual.first && this.#range.last === usual.last;
    this.#steps.show(explanation, { gate: this.#gate.value, at: this.#at }, isUsual ? this.#sweep : null);
  }
}

/** @param {Sweep} response */
function unheldSentence(response) {
  const { gate, tokens } = response;
  return `Move the slider to hold the ${gate} gate ${rangeWords(tokens, response)}.`;
}
