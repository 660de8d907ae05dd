/** Two readings side by side: verdicts, running predictions and coloured texts on one scale. */
import { byId, element } from "../core/dom.js";
import { number } from "../core/format.js";
import { COLOURINGS } from "../explanation/colouring.js";
import { pieces } from "../explanation/pieces.js";
import { verdictOf } from "../explanation/readings.js";
import { describeLine } from "../story/line_legend.js";
import { RunningLine } from "../story/running_line.js";
import { tinted } from "./tinted.js";

/** @typedef {import("../explanation/readings.js").Reading} Reading */

/** @param {{name: string, reading: Reading}[]} sides */
export function showSides(sides) {
  const full = scaleOf(sides.map(({ reading }) => reading));
  byId("sides").replaceChildren();
  for (const { name, reading } of sides) {
    const { side, line, words } = sideOf(name, reading, full);
    byId("sides").append(side);
    // Only on the page do words have places.
    line.place(words);
  }
  byId("sides-note").textContent =
    "Both are coloured on the same scale, by each token’s share of the logit. The line under the words is P(positive) after each of them.";
}

/** @param {Reading[]} readings */
export const scaleOf = (readings) => {
  const tokens = readings.flatMap((reading) => reading.tokens);
  const hasAttribution = tokens.every(({ attribution }) => attribution !== null);
  return COLOURINGS[hasAttribution ? "attribution" : "total"].scale(tokens);
};

/**
 * @param {string} name
 * @param {Reading} reading
 * @param {number} full  the share of full colour
 */
function sideOf(name, reading, full) {
  const { text, tokens, probabilities } = reading;
  const { verdict, words } = verdictOf(reading);
  /** @type {HTMLElement[]} */
  const nodes = [];
  const parts = pieces(text, tokens).map(({ text: piece, token }) => {
    if (token === null) return element("span", null, piece);
    const node = tinted(tokens[token], full, piece);
    nodes.push(node);
    return node;
  });
  const sheet = element("div", { class: "sheet" }, element("div", { class: "side-text" }, ...parts));
  const line = new RunningLine(sheet);
  line.begin(tokens);
  line.describe(describeLine(reading));
  line.draw({ running: tokens.map((token) => token.running_probability), held: null, gate: "reset", range: null });
  const heading = element("h4", null, name);
  const probability = element("span", null, `P(positive) ${number(probabilities.positive)}`);
  const box = element("div", { class: "side-review", tabindex: "0", role: "region", "aria-label": `${name}, coloured` }, sheet);
  const side = element(
    "article",
    { class: "side" },
    heading,
    element("p", { class: `side-verdict ${verdict}` }, element("strong", null, words), " ", probability),
    box,
  );
  return { side, line, words: nodes };
}
