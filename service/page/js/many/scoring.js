/** Texts sent to the API in lists, and explained one by one. Nothing is lost by what is refused. */
import { explain, predictMany } from "../core/api.js";
import { ApiProblem } from "../core/problem.js";
import { topWords } from "../explanation/words.js";
import { turnOf } from "../story/turn.js";

const MOST_CHARACTERS = 200_000; // of the texts of one request
const TOP_WORDS = 3;
const REQUESTS_AT_ONCE = 2;

/**
 * @typedef {import("../core/types.js").Prediction} Prediction
 *
 * @typedef {object} Scored  a text, and what is known of it so far
 * @property {number} number  of the text, from 1
 * @property {string} text
 * @property {Prediction | null} prediction
 * @property {Account | null} account
 * @property {string | null} problem  why there is no prediction
 *
 * @typedef {object} Account  why a text has its verdict
 * @property {{text: string, share: number}[]} words  that did most
 * @property {string | null} turn  the word at which the prediction turned
 */

/**
 * @param {string[]} texts
 * @returns {Scored[]}
 */
export const unscored = (texts) =>
  texts.map((text, index) => ({ number: index + 1, text, prediction: null, account: null, problem: null }));

/**
 * Divide texts into lists for one request each.
 * @template {{text: string}} T
 * @param {T[]} texts
 * @param {number} most  texts in a list
 * @returns {T[][]}
 */
export function inLists(texts, most) {
  /** @type {T[][]} */
  const lists = [];
  let characters = Infinity;
  for (const text of texts) {
    if (characters + text.text.length > MOST_CHARACTERS || lists[lists.length - 1].length >= most) {
      lists.push([]);
      characters = 0;
    }
    lists[lists.length - 1].push(text);
    characters += text.text.length;
  }
  return lists;
}

/**
 * Predict all texts that have neither a prediction nor a problem.
 * @param {Scored[]} texts  filled in place
 * @param {{mostTexts: number, signal: AbortSignal, onProgress: () => void}} options
 * @returns {Promise<void>} rejects with `ApiProblem` if a request got no response; what has been
 *   predicted until then is kept
 */
export async function predictAll(texts, { mostTexts, signal, onProgress }) {
  const pending = texts.filter(({ prediction, problem }) => !prediction && problem === null);
  for (const list of inLists(pending, mostTexts)) {
    await predictList(list, signal);
    onProgress();
  }
}

/**
 * @param {Scored[]} list
 * @param {AbortSignal} signal
 */
async function predictList(list, signal) {
  if (list.length === 0) return;
  try {
    const predictions = await predictMany(list.map(({ text }) => text), signal);
    list.forEach((text, index) => {
      text.prediction = predictions[index];
    });
  } catch (error) {
    const refused = error instanceof ApiProblem ? error.refusedItems("text") : null;
    if (!refused) throw error;
    for (const [index, reason] of refused) list[index].problem = reason;
    await predictList(list.filter((_, index) => !refused.has(index)), signal);
  }
}

/**
 * Explain all texts that have a prediction.
 * @param {Scored[]} texts  filled in place
 * @param {{signal: AbortSignal, onProgress: () => void}} options
 */
export async function explainAll(texts, { signal, onProgress }) {
  const pending = texts.filter(({ prediction, account }) => prediction && !account).values();
  const worker = async () => {
    for (const scored of pending) {
      scored.account = accountOf(await explain({ text: scored.text, attribution: true }, signal));
      onProgress();
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
}

/**
 * @param {import("../core/types.js").Explanation} explanation
 * @returns {Account}
 */
function accountOf(explanation) {
  const turn = turnOf(explanation);
  // A word that occurs often counts once, where it did most.
  const words = distinct(topWords(explanation, explanation.tokens.length)).slice(0, TOP_WORDS);
  return { words: words.map(({ text, share }) => ({ text, share })), turn: turn && explanation.tokens[turn.from].text };
}

/**
 * The first occurrence of each word, in any case.
 * @template {{text: string}} T
 * @param {T[]} words
 * @returns {T[]}
 */
export function distinct(words) {
  /** @type {Map<string, T>} */
  const first = new Map();
  for (const word of words) {
    const key = word.text.toLowerCase();
    if (!first.has(key)) first.set(key, word);
  }
  return [...first.values()];
}
