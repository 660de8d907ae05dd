/** What an average cannot know: the same words in two orders, read by the served network. */
import { explain } from "../../core/api.js";
import { byId } from "../../core/dom.js";
import { percent } from "../../core/format.js";
import { runningMean, sigmoid } from "../arithmetic.js";
import { dot, drawing } from "../drawing.js";
import { live } from "../live.js";
import { reviewLink } from "../review_link.js";
import { HEIGHT, runDrawing, runScales } from "../run_drawing.js";

/** @typedef {import("../../core/types.js").Explanation} Explanation */

/** The two texts have the same words, each as often. */
const TEXTS = ["It was not boring, it was good.", "It was not good, it was boring."];

export function orderSection() {
  /** @type {Explanation[]} */
  let shown = [];
  const draws = TEXTS.map((_, index) =>
    drawing(byId(`order-drawing-${index}`), HEIGHT, (width) => (shown[index] ? drawRun(width, shown[index]) : [])),
  );
  TEXTS.forEach((text, index) => {
    byId(`order-text-${index}`).textContent = text;
    reviewLink(byId(`order-link-${index}`), text);
  });
  const request = (/** @type {AbortSignal} */ signal) =>
    Promise.all(TEXTS.map((text) => explain({ text, attribution: false }, signal)));
  live(byId("order-runs"), byId("order-status"), request, (responses) => {
    shown = responses;
    for (const draw of draws) draw();
    const [first, second] = responses.map(({ probabilities }) => percent(probabilities.positive));
    byId("order-result").textContent =
      `The network gives ${first} positive to the first and ${second} to the second. An average of word ` +
      "scores, the hollow dots, ends at the same place for both, whatever the scores are.";
  });
}

/**
 * Scores of single words, as a bag-of-words model has them. Any others give the same end for both texts.
 * @type {Record<string, number>}
 */
const SCORES = { good: 1, boring: -1, not: -0.5 };

/** @param {string[]} words */
export const averages = (words) => runningMean(words.map((word) => SCORES[word.toLowerCase()] ?? 0));

/**
 * @param {number} width
 * @param {Explanation} explanation
 */
function drawRun(width, { tokens }) {
  const words = tokens.map(({ text }) => text);
  const { x, y } = runScales(width, words.length);
  return [
    ...averages(words).map((mean, index) => dot([x(index), y(sigmoid(mean))], "hollow", 6)),
    ...runDrawing(width, words, { plain: tokens.map((token) => token.running_probability), held: null }),
  ];
}
