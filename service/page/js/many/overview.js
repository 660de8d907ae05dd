/** The summary beside the table: counts, a histogram, and words. */
import { svg } from "../charts/svg.js";
import { byId, element } from "../core/dom.js";
import { count, number, percent, plural, signed } from "../core/format.js";
import { NAMES } from "./result_table.js";
import { countsOf, histogramOf, wilson, wordsOf } from "./summary.js";

/** @typedef {import("./scored.js").Scored} Scored */

const MOST_WORDS = 16;
const BAR = { width: 14, gap: 2, height: 90 };

/**
 * @param {Scored[]} texts
 * @param {{withFunctionWords: boolean}} options
 */
export function showOverview(texts, options) {
  showCounts(texts);
  showHistogram(texts);
  showWords(texts, options);
}

/** @param {Scored[]} texts */
function showCounts(texts) {
  const counts = countsOf(texts);
  const decided = counts.positive + counts.negative;
  const parts = /** @type {(keyof typeof counts)[]} */ (Object.keys(counts))
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => element("li", { class: `is-${verdict}` }, element("b", null, count(counts[verdict])), ` ${NAMES[verdict].toLowerCase()}`));
  byId("counts").replaceChildren(...parts);
  const interval = decided > 0 ? wilson(counts.positive, decided) : null;
  byId("share").textContent = interval
    ? `${percent(counts.positive / decided)} of the ${count(decided)} decided are positive (95 % interval ${percent(interval[0])} to ${percent(interval[1])}).`
    : "";
}

/** @param {Scored[]} texts */
function showHistogram(texts) {
  const bins = histogramOf(texts);
  const most = Math.max(1, ...bins);
  const width = bins.length * (BAR.width + BAR.gap);
  const bars = bins.map((texts, bin) => {
    const height = (texts / most) * BAR.height;
    const side = bin < bins.length / 2 ? "negative" : "positive";
    const from = bin / bins.length;
    return svg(
      "rect",
      { class: side, x: bin * (BAR.width + BAR.gap), y: BAR.height - height, width: BAR.width, height },
      svg("title", {}, `${number(from, 2)} to ${number(from + 1 / bins.length, 2)}: ${plural(texts, "text")}`),
    );
  });
  byId("histogram").replaceChildren(
    svg("svg", { viewBox: `0 0 ${width} ${BAR.height + 1}`, preserveAspectRatio: "none" }, ...bars, svg("path", { d: `M0 ${BAR.height + 0.5}H${width}` })),
  );
  byId("histogram").ariaLabel = `Texts by P(positive), in twentieths from 0 to 1: ${bins.join(", ")}.`;
  byId("tallest").textContent = `Tallest bar: ${plural(most, "text")}`;
}

/**
 * @param {Scored[]} texts
 * @param {{withFunctionWords: boolean}} options
 */
function showWords(texts, options) {
  const explained = texts.filter(({ account }) => account).length;
  const words = wordsOf(texts, MOST_WORDS, options);
  byId("words-box").hidden = explained === 0;
  byId("explained").textContent = plural(explained, "text");
  byId("words").replaceChildren(
    ...words.map(({ text, share, count: occurrences, texts: number }) =>
      element(
        "li",
        { class: share > 0 ? "is-positive" : "is-negative", title: `In ${plural(number, "text")}` },
        element("span", { class: "entry-word" }, text),
        element("span", null, signed(share, 1)),
        element("span", { class: "note" }, `${count(occurrences)} × ${signed(share / occurrences, 2)}`),
      ),
    ),
  );
}
