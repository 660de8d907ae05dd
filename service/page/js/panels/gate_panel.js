/** The effect of a gate: the review run again with a gate set, beside the original run. */
import { colour } from "../charts/theme.js";
import { TokenFigure } from "../charts/token_figure.js";
import { line, shareAxis } from "../charts/traces.js";
import { explain } from "../core/api.js";
import { bodyRow, byId, element, headRow } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { LatestRequest } from "../core/latest_request.js";
import { segments } from "../core/segments.js";
import { GATE_VALUES, SCOPES, interventionOf, optionsOf } from "../explanation/interventions.js";

const PLOT_HEIGHT = 130;

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../core/types.js").Token} Token
 * @typedef {{tokens: Token[], intervened: Token[], gate: import("../core/types.js").Gate,
 *   first: number, last: number}} Runs  what the chart shows
 */

export class GatePanel {
  /** @type {Explanation | null} */
  #explanation = null;
  /** @type {Runs | null} */
  #runs = null;
  #box = /** @type {HTMLDetailsElement} */ (byId("gate-panel"));
  #request = new LatestRequest(this.#box, byId("intervened-problem"), () => {
    byId("intervened-result").hidden = true;
  });
  #selection;
  #figure;
  intervention;
  scope;

  /**
   * @param {import("../core/selection.js").Selection} selection
   * @param {import("../core/view.js").View} view
   * @param {() => void} onChange  called when the reader opens or closes it, or changes the intervention
   */
  constructor(selection, view, onChange) {
    this.#selection = selection;
    const change = () => {
      onChange();
      this.#update();
    };
    this.intervention = segments(byId("intervention"), optionsOf(GATE_VALUES), change);
    this.scope = segments(byId("scope"), optionsOf(SCOPES), change);
    this.#figure = new TokenFigure({
      box: byId("intervened-chart"),
      selection,
      view,
      labelled: true,
      draw: () => this.#runs && drawing(this.#runs),
    });
    this.#box.addEventListener("toggle", change);
    selection.subscribe((state, before) => state.pinned !== before.pinned && this.#update());
  }

  /** @param {Explanation | null} explanation  null while another review is being read */
  show(explanation) {
    this.#explanation = explanation;
    this.#update();
  }

  /**
   * The chosen intervention, for a request; none while the panel is closed.
   * @returns {import("../core/types.js").Intervention[]}
   */
  get interventions() {
    const token = this.#selection.value.pinned;
    if (!this.#explanation || !this.#box.open || token === null) return [];
    return [interventionOf(this.#chosen(token), this.#explanation)];
  }

  /** @param {number} token */
  #chosen(token) {
    return { value: this.intervention.value, scope: this.scope.value, token };
  }

  /** Run the network with the intervention, if the panel is open and a token is pinned. */
  async #update() {
    this.#request.abort();
    const token = this.#selection.value.pinned;
    const explanation = this.#explanation;
    byId("intervened-result").hidden = token === null;
    if (!explanation || !this.#box.open) return;
    if (token === null) {
      byId("intervened-summary").textContent = "Pin a token to set its gates.";
      return;
    }
    const { text, convention, tokens } = explanation;
    const { interventions } = this;
    const value = this.intervention.value;
    const [first, last] = SCOPES[this.scope.value].range(token, tokens.length);
    await this.#request.send(
      (signal) => explain({ text, convention, interventions }, signal),
      async (response) => {
        if (!response.intervened) throw new Error("The response has no run with the intervention");
        const { gate } = GATE_VALUES[value];
        this.#runs = { tokens: response.tokens, intervened: response.intervened.tokens, gate, first, last };
        byId("intervened-meaning").textContent = GATE_VALUES[value].meaning(convention);
        showRuns(response, response.intervened, this.#runs);
        await this.#figure.show();
      },
    );
  }
}

/**
 * @param {Explanation} original
 * @param {NonNullable<Explanation["intervened"]>} intervened
 * @param {Runs} runs
 */
function showRuns(original, intervened, { tokens, gate, first, last }) {
  const where = first === last ? `at “${tokens[first].text}”` : `at tokens ${first + 1} to ${last + 1}`;
  byId("intervened-summary").replaceChildren(
    element("b", null, `P(positive) ${number(intervened.probabilities.positive)}`),
    ` instead of ${number(original.probabilities.positive)} with the ${gate} gate set ${where}: the prediction `,
    intervened.label === original.label
      ? `stays ${original.label}`
      : element("b", null, `becomes ${intervened.label}`),
    ". ",
    element("span", { class: "logit-change" }, `Δ logit ${signed(intervened.logit_change)}`),
    ".",
  );
  /**
   * @param {string} name
   * @param {string} kind
   * @param {Pick<Explanation, "decomposition" | "probabilities" | "label">} run
   */
  const row = (name, kind, { decomposition, probabilities, label }) =>
    bodyRow(element("span", { class: `run ${kind}` }, name), [
      signed(decomposition.logit),
      number(probabilities.positive),
      label,
    ]);
  byId("intervened-table").replaceChildren(
    headRow(["run", "logit", "P(positive)", "prediction"]),
    element("tbody", null, row("original", "plain", original), row("gate set", gate, intervened)),
  );
  byId("intervened-chart").ariaLabel =
    `Running P(positive) of both runs along the tokens: the original, ending at ${number(original.probabilities.positive)}, ` +
    `and with the gate set, ending at ${number(intervened.probabilities.positive)}.`;
}

/** @param {Runs} runs */
function drawing({ tokens, intervened, gate, first, last }) {
  /** @param {Token[]} run */
  const running = (run) => run.map((token) => token.running_probability);
  return {
    traces: [
      line(tokens.map(() => 0.5), { color: colour("line-strong"), width: 1 }),
      line(running(tokens), { color: colour("ink"), width: 1.75 }),
      line(running(intervened), { color: colour(gate), width: 2.25, dash: "4px,2px" }),
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
          fillcolor: colour(`${gate}-fill`),
        },
      ],
    },
  };
}
