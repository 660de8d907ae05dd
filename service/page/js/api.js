/** The public API, as this page uses it: nothing is shown that another client could not get. */

/**
 * @typedef {"pytorch" | "course"} Convention
 * @typedef {{mean: number, min: number, max: number}} GateSummary
 * @typedef {{total: number, new_word: number, recalled_context: number}} Contribution
 *
 * @typedef {{reset_opened: number, reset_averaged: number, update_closed: number}} Effects
 * @typedef {{gate: "reset" | "update", value: number | "average", tokens: string}} Hold
 * @typedef {{from_token: number, recalled_share_below: number, released_share_above: number}} UnusualBand
 *
 * @typedef {object} Token
 * @property {string} text
 * @property {number} start  in Unicode code points
 * @property {number} end  exclusive
 * @property {boolean} known
 * @property {GateSummary} reset
 * @property {GateSummary} update  in the convention of the explanation
 * @property {number} recalled_share
 * @property {number} running_probability
 * @property {Contribution} contribution
 * @property {number} kept_share
 * @property {number} released_share
 * @property {string[]} flags
 * @property {Effects | null} effects
 *
 * @typedef {object} Units
 * @property {number[]} ids  (U)
 * @property {number[][]} reset  (T, U), as are the other three
 * @property {number[][]} update
 * @property {number[][]} candidate
 * @property {number[][]} hidden
 *
 * @typedef {object} Explanation
 * @property {string} text
 * @property {"negative" | "positive"} label
 * @property {number} score
 * @property {{negative: number, positive: number}} probabilities
 * @property {number} coverage
 * @property {string[]} warnings
 * @property {Convention} convention
 * @property {{name: string, version: string}} model
 * @property {{percent: number, bands: UnusualBand[]}} unusual
 * @property {{bias: number, logit: number, residual: number}} ledger
 * @property {Token[]} tokens
 * @property {Units | null} units
 * @property {Held | null} held
 *
 * @typedef {object} Held
 * @property {"negative" | "positive"} label
 * @property {{negative: number, positive: number}} probabilities
 * @property {number} logit_change
 * @property {{bias: number, logit: number, residual: number}} ledger
 * @property {Token[]} tokens
 *
 * @typedef {{from_word: number, word_bias: number, from_state: number, state_bias: number,
 *   total: number, value: number}} GateLine
 * @typedef {GateLine & {word: number, state: number, recalled: number}} CandidateLine
 * @typedef {{unit: number, before: number, reset: GateLine, update: GateLine,
 *   candidate: CandidateLine, written: number, kept: number, after: number}} StepUnit
 *
 * @typedef {object} Step
 * @property {number} step
 * @property {{text: string}} token
 * @property {Convention} convention
 * @property {{reset: string, update: string, candidate: string, hidden: string}} notation
 * @property {number} decimals
 * @property {StepUnit[]} units
 */

// Kept for as long as the tab is open, and sent to this server alone.
const KEY = "gatewise-key";
const UNAUTHORIZED = 401;

/** A request that got no answer, or a problem+json one; `message` is meant for the reader. */
export class ApiProblem extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   */
  constructor(title, detail) {
    super(detail);
    this.title = title;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the answer's JSON; raises ApiProblem, or AbortError when aborted
 */
async function request(path, options = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = { ...options.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem("No answer", "The server cannot be reached. Is it still running?");
  }
  if (response.ok) return response.json();
  if (response.status === UNAUTHORIZED && askForKey(key)) return request(path, options);
  throw problemOf(response, await response.text());
}

/**
 * Ask the reader for a key, unless another request has done so meanwhile.
 *
 * @param {string | null} refused  the key that was not good enough
 * @returns {boolean} whether there is another one to try
 */
function askForKey(refused) {
  if (sessionStorage.getItem(KEY) !== refused) return true;
  const given = window.prompt("This service asks for a key.")?.trim();
  if (given) sessionStorage.setItem(KEY, given);
  return Boolean(given);
}

/**
 * @param {Response} response
 * @param {string} body
 */
function problemOf(response, body) {
  const fallback = `The server answered ${response.status} without a reason.`;
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) {
    return new ApiProblem(`Error ${response.status}`, fallback);
  }
  const problem = JSON.parse(body);
  return new ApiProblem(problem.title ?? `Error ${response.status}`, problem.detail ?? fallback);
}

/**
 * @param {string} path
 * @param {object} question
 * @param {AbortSignal} signal
 */
const post = (path, question, signal) =>
  request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });

/**
 * @param {{text: string, convention: Convention, units?: string, effects?: boolean, holds?: Hold[]}} question
 * @param {AbortSignal} signal
 * @returns {Promise<Explanation>}
 */
export const explain = (question, signal) => post("/explain", question, signal);

/**
 * @param {{text: string, convention: Convention, step: number, units: string}} question
 * @param {AbortSignal} signal
 * @returns {Promise<Step>}
 */
export const explainStep = (question, signal) => post("/explain/step", question, signal);

/** @returns {Promise<{title: string, text: string}[]>} */
export const fetchExamples = () => request("/examples");

/**
 * @returns {Promise<{
 *   model: {name: string, version: string},
 *   sizes: {hidden: number},
 *   limits: {max_tokens: number},
 *   defaults: {top_units: number},
 * }>} the fields that this page reads
 */
export const fetchInfo = () => request("/info");
