/** The public API, as this page uses it: nothing is shown that another client could not get. */

/**
 * @typedef {"pytorch" | "course"} Convention
 * @typedef {{mean: number, min: number, max: number}} GateSummary
 * @typedef {{total: number, new_word: number, recalled_context: number}} Contribution
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
 * @property {string[]} flags
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
 * @property {{bias: number, logit: number, residual: number}} ledger
 * @property {Token[]} tokens
 * @property {Units | null} units
 */

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
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem("No answer", "The server cannot be reached. Is it still running?");
  }
  if (response.ok) return response.json();
  throw problemOf(response, await response.text());
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
 * @param {{text: string, convention: Convention, units?: string}} question
 * @param {AbortSignal} signal
 * @returns {Promise<Explanation>}
 */
export const explain = (question, signal) =>
  request("/explain", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });

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
