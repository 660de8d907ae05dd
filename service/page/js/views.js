/** All views of an explanation: made once, and filled together. */
import { HeatMap } from "./charts/heat_map.js";
import { CHART_WIDTH, drawPicture } from "./charts/picture.js";
import { TokenCharts } from "./charts/token_charts.js";
import { byId } from "./core/dom.js";
import { Selection } from "./core/selection.js";
import { View } from "./core/view.js";
import { COLOURINGS } from "./explanation/colouring.js";
import { Accounting } from "./panels/accounting.js";
import { ComparePanel } from "./panels/compare_panel.js";
import { restorePosition } from "./panels/display.js";
import { FaithfulnessPanel } from "./panels/faithfulness_panel.js";
import { GatePanel } from "./panels/gate_panel.js";
import { NumberTable } from "./panels/number_table.js";
import { showPrediction, titleOf } from "./panels/prediction.js";
import { StepPanel } from "./panels/step_panel.js";
import { TokenDetails } from "./panels/token_details.js";
import { TokenHighlight } from "./panels/token_highlight.js";
import { showTopWords } from "./panels/top_words.js";
import { UnitCard } from "./panels/unit_card.js";
import { UnitList } from "./panels/unit_list.js";
import { zoom } from "./panels/zoom.js";
import { StoryPanel } from "./story/story_panel.js";

/**
 * @typedef {import("./core/types.js").Explanation} Explanation
 * @typedef {import("./core/permalink.js").Display} Display
 *
 * @typedef {object} Events
 * @property {() => void} onChange  called when what is displayed changes
 * @property {(link: string) => void} follow  shows what a link of the page has
 * @property {(place: number) => void} onEdit  begins to edit the review at a place
 * @property {(field: import("./explanation/colouring.js").OptionalField) => void} requestField
 *   requests the explanation again, with a field by which tokens are coloured
 * @property {() => import("./core/types.js").Convention} convention  that is chosen
 */

export class Views {
  selection = new Selection();
  view = new View();
  charts = new TokenCharts(byId("charts"), this.selection, this.view);
  heatMap = new HeatMap(this.selection, this.view);
  #details = new TokenDetails(this.selection);
  #accounting = new Accounting();
  #table = new NumberTable();
  #zoom = zoom(this.selection, this.view, () => this.charts.plotWidth);
  /** @type {Explanation | null} */
  #shown = null;

  /** @param {Events} events */
  constructor({ onChange, follow, onEdit, requestField, convention }) {
    this.story = new StoryPanel(onChange, follow);
    this.highlight = new TokenHighlight(this.selection, {
      onChange,
      requestField,
      onBuild: (words) => this.story.place(words),
      onEdit,
    });
    this.gatePanel = new GatePanel(this.selection, this.view, onChange);
    this.stepPanel = new StepPanel(this.selection, onChange);
    this.comparePanel = new ComparePanel(onChange);
    this.unitCard = new UnitCard(convention, () => this.#shown?.model.id ?? "", onChange, follow);
    this.panels = [
      this.gatePanel,
      this.comparePanel,
      new UnitList(onChange),
      new FaithfulnessPanel(onChange),
      this.stepPanel,
    ];
    this.selection.subscribe((state, before) => state.pinned !== before.pinned && onChange());
    this.view.subscribe(onChange);
  }

  /**
   * The explanation that is shown.
   * @returns {Explanation | null}
   */
  get shown() {
    return this.#shown;
  }

  /**
   * Show an explanation in all views but the charts and the heat map.
   * @param {Explanation} explanation
   * @param {Display | null} display  of a link or history entry that is being opened
   * @param {import("./panels/display.js").Parts} parts  whose position the display has
   */
  show(explanation, display, parts) {
    const isSameText = this.#shown?.text === explanation.text;
    this.#shown = explanation;
    document.body.dataset.notation = explanation.convention;
    byId("result").hidden = false;
    document.title = titleOf(explanation);
    showPrediction(explanation);
    this.story.show(explanation, isSameText ? display : (display ?? {}));
    if (!isSameText) this.#clear(explanation, display);
    this.#showAccount(explanation);
    if (!isSameText || display) restorePosition(parts, display ?? {}, explanation);
    for (const panel of this.panels) panel.show(explanation);
  }

  /**
   * Show more fields of the explanation that is shown.
   * @param {Explanation} explanation
   */
  extend(explanation) {
    this.#shown = explanation;
    this.#showAccount(explanation);
    this.charts.show(explanation);
  }

  /**
   * Draw the picture that readers save.
   * @param {Explanation} explanation
   */
  picture(explanation) {
    const images = this.charts.images(explanation, CHART_WIDTH);
    return drawPicture(explanation, COLOURINGS[this.highlight.colouring.value], images);
  }

  /**
   * Show what is said of every token, except in the charts.
   * @param {Explanation} explanation
   */
  #showAccount(explanation) {
    this.#accounting.show(explanation);
    showTopWords(explanation, this.selection);
    this.highlight.show(explanation);
    this.#details.show(explanation);
    this.#table.show(explanation);
  }

  /**
   * Remove what belongs to the review before.
   * @param {Explanation} explanation  of the next review
   * @param {Display | null} display
   */
  #clear(explanation, display) {
    for (const panel of this.panels) panel.show(null);
    if (!display) this.comparePanel.other = "";
    this.selection.pin(null, "result");
    this.selection.selectUnit(null);
    this.heatMap.clear();
    this.view.reset(explanation.tokens.map(({ text }) => text));
    this.#zoom.begin(explanation.tokens.length);
  }
}
