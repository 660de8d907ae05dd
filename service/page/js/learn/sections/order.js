/** What an average cannot know: the same words in two orders, read by the served network. */
import { explain } from "../../core/api.js";
import { byId } from "../../core/dom.js";
import { percent } from "../../core/format.js";
import { runningMean, sigmoid } from "../arithmetic.js";
import { dot, drawing, label, line, rule } from "../drawing.js";
import { linear } from "../geometry.js";
import { live } from "../live.js";
import { reviewLink } from "../review_link.js";

/** @typedef {import("../../core/types.js").Explanation} Explanation */

/** The two texts have the same words, each as often. */
const TEXTS = ["It was not boring, it was good.", "It was not good, it was boring."];
const HEIGHT = 200;

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
function drawRun(width, explanation) {
  const { tokens } = explanation;
  const x = linear([0, tokens.length - 1], [44, width - 24]);
  const y = linear([0, 1], [HEIGHT - 40, 14]);
  /** @type {[number, number][]} */
  const points = tokens.map((token, index) => [x(index), y(token.running_probability)]);
  return [
    ...[0, 0.5, 1].flatMap((value) => [
      rule([x(0) - 8, y(value)], [x(tokens.length - 1) + 8, y(value)], value === 0.5 ? "axis" : "grid"),
      label(x(0) - 16, y(value) + 4, value === 0.5 ? "½" : String(value), { "text-anchor": "end" }),
    ]),
    ...averages(tokens.map(({ text }) => text)).map((mean, index) => dot([x(index), y(sigmoid(mean))], "hollow", 5)),
    line(points, "ink"),
    ...points.map((point) => dot(point, "filled", 4)),
    ...tokens.map(({ text }, index) =>
      label(x(index), HEIGHT - (index % 2 ? 6 : 20), text, { "text-anchor": "middle", class: "minor" }),
    ),
  ];
}
