/** The figures of faithfulness, and which rankings beat random ones. */
import { signed } from "../core/format.js";

/**
 * @typedef {import("../core/types.js").Faithfulness} Faithfulness
 * @typedef {import("../core/types.js").FaithfulnessFigures} Figures
 * @typedef {keyof Figures} FigureName
 */

/**
 * The names of the figures, and whether higher is better.
 * @type {Record<FigureName, {label: string, higherIsBetter: boolean}>}
 */
export const FIGURES = {
  comprehensiveness: { label: "Comprehensiveness", higherIsBetter: true },
  sufficiency: { label: "Sufficiency", higherIsBetter: false },
  agreement: { label: "Agreement τ", higherIsBetter: true },
};

const NAMES = /** @type {FigureName[]} */ (Object.keys(FIGURES));

/**
 * @param {FigureName} name
 * @param {Figures} figures
 * @param {Figures} random
 */
export const isBetter = (name, figures, random) =>
  FIGURES[name].higherIsBetter ? figures[name] > random[name] : figures[name] < random[name];

/**
 * How many figures are better than those of random rankings.
 * @param {Figures} figures
 * @param {Figures} random
 */
export const betterCount = (figures, random) => NAMES.filter((name) => isBetter(name, figures, random)).length;

/**
 * The table: one row a ranking, one cell a figure.
 * @param {Faithfulness} faithfulness
 * @returns {{name: string, cells: {text: string, isBetter: boolean}[]}[]}
 */
export function faithfulnessRows({ decomposition, attribution, random, random_rankings: rankings }) {
  const rows = { Contributions: decomposition, Attribution: attribution, [`Random, mean of ${rankings}`]: random };
  return Object.entries(rows).map(([name, figures]) => ({
    name,
    cells: NAMES.map((figure) => ({ text: signed(figures[figure]), isBetter: isBetter(figure, figures, random) })),
  }));
}

/** @param {Faithfulness} faithfulness */
export const faithfulnessText = ({ decomposition, attribution, random }) =>
  `On this review, contributions do better than random rankings in ${betterCount(decomposition, random)} ` +
  `of ${NAMES.length} figures, attribution in ${betterCount(attribution, random)}.`;
