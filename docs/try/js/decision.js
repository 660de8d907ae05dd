/**
 * Whether the model can score a text: the rule of `models/decision/`, but for the language of a text,
 * which this page cannot identify.
 *
 * @import { Encoding } from "./reading/reader.js"
 *
 * @typedef {{ unknown: number, common: number, domain: number }} Likeness
 *
 * @typedef {object} DecisionData
 * @property {{ weights: Likeness, typical: Likeness, least_score: number, doubtful_score: number,
 *   few_words: number, weak_logit: number } | null} rule
 * @property {string} kinds For each entry of the vocabulary: 1 a word, 2 a common word, 0 neither.
 * @property {number[]} domain For each entry, log(frequency in the training texts / in English).
 *
 * @typedef {object} Assessment
 * @property {boolean} undecided Whether the model cannot score the text.
 * @property {string} warning The reason to doubt the prediction, or nothing.
 */

const LOW_COVERAGE = 0.5;

export class Decider {
  /**
   * @param {DecisionData} data
   * @param {number} unknown Id of the unknown word.
   */
  constructor(data, unknown) {
    this.data = data;
    this.unknown = unknown;
  }

  /**
   * @param {Encoding} encoding
   * @param {number} logit
   * @returns {Assessment}
   */
  assess(encoding, logit) {
    const { rule } = this.data;
    const isLow = encoding.coverage < LOW_COVERAGE;
    const coverage = isLow ? `The model knows only ${Math.round(100 * encoding.coverage)} % of these words.` : "";
    if (rule === null) return { undecided: isLow, warning: coverage };
    const { likeness, contentWords } = this.measure(encoding.ids);
    let score = 0;
    for (const name of /** @type {const} */ (["unknown", "common", "domain"])) {
      score += rule.weights[name] * (likeness[name] - rule.typical[name]);
    }
    if (score < rule.least_score) {
      return { undecided: true, warning: coverage || "The words of this text are unlike those of the training texts." };
    }
    if (contentWords <= rule.few_words && Math.abs(logit) < rule.weak_logit) {
      const warning = "This text has few words, and they are evidence for neither label.";
      return { undecided: true, warning };
    }
    if (score < rule.doubtful_score) {
      const warning =
        "This text is little like the training texts. The service would identify its language now, and leave it " +
        "undecided if that is another one; this page cannot.";
      return { undecided: false, warning };
    }
    return { undecided: false, warning: coverage };
  }

  /**
   * Measure how much a text is like the training texts, as `measure_likeness` does.
   * @param {number[]} ids
   */
  measure(ids) {
    let [words, unknown, common, domain] = [0, 0, 0, 0];
    for (const id of ids) {
      const kind = this.data.kinds[id];
      if (kind !== "0") words++;
      if (kind === "2") common++;
      if (id === this.unknown) unknown++;
      domain += this.data.domain[id];
    }
    const likeness = {
      unknown: unknown / (words + 1),
      common: (common + 1) / (words + 2),
      domain: domain / (words + 4),
    };
    return { likeness, contentWords: words - unknown - common };
  }
}
