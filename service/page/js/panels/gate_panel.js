/** The effect of a gate: the review run again with a gate set, beside the original run. */
import { filled, stroked } from "../charts/plot.js";
import { SHARE_AXIS } from "../charts/scales.js";
import { linePath } from "../charts/shapes.js";
import { TokenFigure } from "../charts/token_figure.js";
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
      (response) => {
        if (!response.intervened) throw new Error("The response has no run with the intervention");
        const { gate } = GATE_VALUES[value];
        this.#runs = { tokens: response.tokens, intervened: response.intervened.tokens, gate, first, last };
        byId("intervened-meaning").textContent = GATE_VALUES[value].meaning(convention);
        showRuns(response, response.intervened, this.#runs);
        this.#figure.show();
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

/**
 * @param {Runs} runs
 * @returns {import("../charts/plot.js").Drawing}
 */
function drawing({ tokens, intervened, gate, first, last }) {
  /** @param {Token[]} run */
  const running = (run) => run.map((token) => token.running_probability);
  const [original, changed, half] = [running(tokens), running(intervened), tokens.map(() => 0.5)];
  return {
    ...SHARE_AXIS,
    plotHeight: PLOT_HEIGHT,
    shapes: (scales, { height }) => [
      filled(heldPath(first, last, scales, height), `${gate}-fill`),
      stroked(linePath(half, scales), "line-strong", 1),
      stroked(linePath(original, scales), "ink", 1.75),
      stroked(linePath(changed, scales), gate, 2.25, "4 2"),
    ],
  };
}

/**
 * The columns of the tokens at which the gate is set, as far as they are in view.
 * @param {number} first
 * @param {number} last
 * @param {import("../charts/scales.js").Scales} scales
 * @param {number} height
 */
function heldPath(first, last, { range, x }, height) {
  const [from, to] = [Math.max(first, range.first), Math.min(last, range.last)];
  return from > to ? "" : `M${x(from)} 0H${x(to + 1)}v${height}H${x(from)}Z`;
}
