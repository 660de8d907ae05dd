/** What a gate did: the review run again with a gate of the pinned token held, beside the first run. */
import { ApiProblem, explain } from "./api.js";
import { line, shareAxis } from "./charts.js";
import { byId, element, showProblem } from "./dom.js";
import { TokenFigure } from "./figure.js";
import { number, signed } from "./format.js";
import { updateSymbol } from "./gates.js";
import { segments } from "./segments.js";
import { colour } from "./theme.js";

const PLOT_HEIGHT = 130;

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {import("./api.js").Convention} Convention
 * @typedef {import("./api.js").Hold} Hold
 *
 * @typedef {object} Question
 * @property {string} label
 * @property {"reset" | "update"} gate
 * @property {(convention: Convention) => number | "average"} value
 * @property {(convention: Convention) => string} meaning
 */

/** @type {Record<string, Question>} */
const QUESTIONS = {
  "reset-open": {
    label: "Reset open",
    gate: "reset",
    value: () => 1,
    meaning: () => "r = 1: all of the old state enters the candidate. Far from what the network is used to.",
  },
  "reset-average": {
    label: "Reset at its average",
    gate: "reset",
    value: () => "average",
    meaning: () => "r = each unit’s own average over validation reviews, a value the network has often seen.",
  },
  "update-closed": {
    label: "Update closed",
    gate: "update",
    value: (convention) => (convention === "course" ? 0 : 1),
    meaning: (convention) =>
      `${updateSymbol(convention)} = ${convention === "course" ? 0 : 1}: the old state stays, nothing is written.`,
  },
};

/** The tokens held, as a range of the API's, from the pinned token and the number of tokens. */
const SCOPES = {
  token: { label: "This token", range: (token) => [token, token] },
  after: { label: "This and all after", range: (token, count) => [token, count - 1] },
  all: { label: "All tokens", range: (_, count) => [0, count - 1] },
};

export class GatePanel {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Explanation | null} the answer with both runs */
  #answer = null;
  #asking = new AbortController();
  #box = /** @type {HTMLDetailsElement} */ (byId("gate-panel"));
  #selection;
  #figure;
  hold;
  scope;

  /**
   * @param {import("./selection.js").Selection} selection
   * @param {import("./axis.js").View} view
   * @param {() => void} onChange  called when the reader changes what is held
   */
  constructor(selection, view, onChange) {
    this.#selection = selection;
    const change = () => {
      onChange();
      this.#ask();
    };
    this.hold = segments(byId("hold"), options(QUESTIONS), change);
    this.scope = segments(byId("scope"), options(SCOPES), change);
    this.#figure = new TokenFigure({
      box: byId("held-chart"),
      selection,
      view,
      labelled: true,
      draw: () => this.#drawing(),
    });
    this.#box.addEventListener("toggle", change);
    selection.subscribe((look, before) => look.pinned !== before.pinned && this.#ask());
  }

  /** @param {Explanation | null} explanation  null while another review is on its way */
  show(explanation) {
    this.#explanation = explanation;
    this.#ask();
  }

  get #question() {
    return QUESTIONS[this.hold.value];
  }

  /** What is held now, as the API takes it; nothing while the panel is closed. */
  get holds() {
    const token = this.#selection.value.pinned;
    if (!this.#explanation || !this.#box.open || token === null) return [];
    const { convention, tokens } = this.#explanation;
    const [first, last] = SCOPES[this.scope.value].range(token, tokens.length);
    const { gate, value } = this.#question;
    return [{ gate, value: value(convention), tokens: `${first}-${last}` }];
  }

  /** Run again, if the panel is open and a token is pinned. */
  async #ask() {
    this.#asking.abort();
    const token = this.#selection.value.pinned;
    const explanation = this.#explanation;
    byId("held-result").hidden = token === null;
    if (!explanation || !this.#box.open) return;
    if (token === null) {
      byId("held-answer").textContent = "Pin a token to ask about its gates.";
      return;
    }
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#box.ariaBusy = "true";
    const [first, last] = SCOPES[this.scope.value].range(token, explanation.tokens.length);
    const { text, convention } = explanation;
    try {
      this.#answer = await explain({ text, convention, holds: this.holds }, signal);
      showProblem(byId("held-problem"), null);
      this.#tell(first, last);
      await this.#figure.show();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      byId("held-result").hidden = true;
      showProblem(byId("held-problem"), error);
    } finally {
      if (!signal.aborted) this.#box.ariaBusy = "false";
    }
  }

  /**
   * @param {number} first
   * @param {number} last  both included
   */
  #tell(first, last) {
    const { tokens, convention, held, label, ledger, probabilities } = this.#answer;
    const { gate, meaning } = this.#question;
    const where = first === last ? `at “${tokens[first].text}”` : `at tokens ${first + 1} to ${last + 1}`;
    const changes = held.label !== label;
    byId("held-answer").replaceChildren(
      element("b", { class: "held-change" }, `Δ logit ${signed(held.logit_change)}`),
      ` with the ${gate} gate held ${where}. The verdict `,
      changes ? element("b", null, `becomes ${held.label}`) : `stays ${label}`,
      ".",
    );
    byId("held-meaning").textContent = meaning(convention);
    const row = (name, kind, logit, positive, verdict) =>
      element(
        "tr",
        null,
        element("th", { scope: "row" }, element("span", { class: `run ${kind}` }, name)),
        ...[signed(logit), number(positive), verdict].map((text) => element("td", null, text)),
      );
    byId("held-table").replaceChildren(
      element("thead", null, element("tr", null, ...["", "logit", "P(positive)", "verdict"].map(head))),
      element(
        "tbody",
        null,
        row("as it was", "plain", ledger.logit, probabilities.positive, label),
        row("gate held", gate, held.ledger.logit, held.probabilities.positive, held.label),
      ),
    );
    byId("held-chart").ariaLabel =
      `Running P(positive) of both runs along the tokens: as it was, ending at ${number(probabilities.positive)}, ` +
      `and with the gate held, ending at ${number(held.probabilities.positive)}.`;
    this.#range = [first, last];
  }

  #range = [0, 0];

  #drawing() {
    const { tokens, held } = this.#answer;
    const running = (run) => run.map((token) => token.running_probability);
    const [first, last] = this.#range;
    return {
      traces: [
        line(tokens.map(() => 0.5), { color: colour("line-strong"), width: 1 }),
        line(running(tokens), { color: colour("ink"), width: 1.75 }),
        line(running(held.tokens), { color: colour(this.#question.gate), width: 2.25, dash: "4px,2px" }),
      ],
      plotHeight: PLOT_HEIGHT,
      layout: {
        hovermode: "x",
        yaxis: shareAxis(),
        shapes: [
          {
            type: "rect",
            layer: "below",
            x0: first - 0.5,
            x1: last + 0.5,
            yref: "paper",
            y0: 0,
            y1: 1,
            line: { width: 0 },
            fillcolor: colour(`${this.#question.gate}-fill`),
          },
        ],
      },
    };
  }
}

/** @param {Record<string, {label: string}>} choices */
const options = (choices) => Object.entries(choices).map(([value, { label }]) => ({ value, label }));

/** @param {string} text */
const head = (text) => element("th", { scope: "col" }, text);
