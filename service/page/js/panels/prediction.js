/** The prediction, its probability, and warnings about the text. */
import { byId, element } from "../core/dom.js";
import { number, percent, plural } from "../core/format.js";

const NAMES = { negative: "Negative", positive: "Positive" };

/** @param {import("../core/types.js").Explanation} explanation */
export function showPrediction({ label, score, probabilities, coverage, undecided, tokens, model, warnings }) {
  const heading = byId("prediction-label");
  const name = undecided ? "Can’t tell" : NAMES[label];
  const verdict = undecided ? "undecided" : label;
  const probability = undecided ? `${label} has the probability ${percent(score)}` : `with probability ${percent(score)}`;
  heading.textContent = name;
  heading.className = verdict;
  byId("prediction-score").textContent = probability;
  byId("gauge-value").textContent = `P(positive) = ${number(probabilities.positive)}`;
  byId("gauge").style.setProperty("--p", String(probabilities.positive));
  byId("gauge").className = `gauge ${verdict}`;
  byId("prediction-meta").replaceChildren(
    `${plural(tokens.length, "token")} read, none cut. The vocabulary has ${percent(coverage)} of the words. Model `,
    element("span", { class: "whole" }, `${model.name} ${model.version}.`),
  );
  byId("announcer").textContent = [undecided ? `${name}.` : `${name}, ${percent(score)}.`, ...warnings].join(" ");
  showWarnings(warnings);
}

const TITLE_CHARACTERS = 60;

/**
 * The title of the document: the prediction, and how the text begins.
 * @param {Pick<import("../core/types.js").Explanation, "label" | "undecided" | "text">} explanation
 */
export function titleOf({ label, undecided, text }) {
  const characters = Array.from(text.replace(/\s+/g, " ").trim());
  const isCut = characters.length > TITLE_CHARACTERS;
  const start = isCut ? `${characters.slice(0, TITLE_CHARACTERS).join("").trimEnd()}…` : characters.join("");
  return `${undecided ? "Can’t tell" : NAMES[label]}: ${start} | Gatewise`;
}

/** @param {string[]} warnings */
function showWarnings(warnings) {
  const list = byId("warnings");
  list.hidden = warnings.length === 0;
  list.replaceChildren(...warnings.map((warning) => element("li", null, warning)));
}
