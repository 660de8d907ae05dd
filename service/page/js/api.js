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
 * @property {number | null} credit
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
 * @property {Faithfulness | null} faithfulness
 * @property {Units | null} units
 * @property {Held | null} held
 *
 * @typedef {{comprehensiveness: number, sufficiency: number, agreement: number}} Figures
 * @typedef {{ledger: Figures, credit: Figures, random: Figures, random_rankings: number}} Faithfulness
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
 *
 * @typedef {{mean: number, distance: number}} GateChange
 * @typedef {object} DiffRow
 * @property {"same" | "changed" | "removed" | "added"} kind
 * @property {number | null} token
 * @property {number | null} other_token
 * @property {Contribution} contribution  change of it
 * @property {GateChange | null} reset
 * @property {GateChange | null} update
 *
 * @typedef {object} Diff
 * @property {Convention} convention
 * @property {Explanation} text  the fields of a run
 * @property {Explanation} other
 * @property {{logit: number, label_changes: boolean, edited_tokens: number, same_tokens: number}} change
 * @property {DiffRow[]} rows
 *
 * @typedef {{value: number, before: string, word: string, after: string}} Occurrence
 * @typedef {object} UnitProfile
 * @property {number} unit
 * @property {number} head_weight
 * @property {number} mean_reset
 * @property {number} mean_update  in the convention of the answer
 * @property {number | null} half_life  in tokens
 * @property {Convention} convention
 * @property {{source: string, texts: number, tokens: number} | null} measured
 * @property {Record<"resets" | "keeps" | "writes" | "contributes", Occurrence[]> | null} places
 */

// Kept for as long as the tab is open, and sent to this server alone.
const KEY = "gatewise-key";
const UNAUTHORIZED = 401;

/** A request that got no answer, or a problem+json one; `message` is meant for the reader. */
export class ApiProblem extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {{pointer?: string}[]} [errors]
   */
  constructor(title, detail, errors = []) {
    super(detail);
    this.title = title;
    this.#errors = errors;
  }

  #errors;

  /** @param {string} field  is it this one field of the question that was refused? */
  isAbout(field) {
    return this.#errors.length > 0 && this.#errors.every(({ pointer }) => pointer === `#/${field}`);
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} raises ApiProblem, or AbortError when aborted
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
  if (response.ok) return response;
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
  return new ApiProblem(problem.title ?? `Error ${response.status}`, problem.detail ?? fallback, problem.errors);
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
const get = async (path, signal) => (await request(path, { signal })).json();

/**
 * @param {string} path
 * @param {object} question
 * @param {AbortSignal} [signal]
 */
const post = (path, question, signal) =>
  request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });

/**
 * @param {{text: string, convention: Convention, units?: string, effects?: boolean, credit?: boolean,
 *   faithfulness?: boolean, holds?: Hold[]}} question
 * @param {AbortSignal} signal
 * @returns {Promise<Explanation>}
 */
export const explain = async (question, signal) => (await post("/explain", question, signal)).json();

/**
 * One question for all that is shown at once. Its units may be too many for an answer that can be
 * had without them: then it comes with the reason why they are missing.
 * @param {{text: string, convention: Convention, units: string}} question
 * @param {AbortSignal} signal
 * @returns {Promise<{explanation: Explanation, refusal: ApiProblem | null}>}
 */
export async function explainAll({ units, ...question }, signal) {
  try {
    return { explanation: await explain({ ...question, units }, signal), refusal: null };
  } catch (error) {
    if (!(error instanceof ApiProblem && error.isAbout("units"))) throw error;
    return { explanation: await explain(question, signal), refusal: error };
  }
}

/**
 * The same answer as a file.
 * @param {string} format
 * @param {object} question
 * @returns {Promise<Blob>}
 */
export const explainAs = async (format, question) => (await post("/explain", { ...question, format })).blob();

/**
 * @param {{text: string, other: string, convention: Convention}} question
 * @param {AbortSignal} signal
 * @returns {Promise<Diff>}
 */
export const explainDiff = async (question, signal) => (await post("/explain/diff", question, signal)).json();

/**
 * @param {{text: string, convention: Convention, step: number, units: string}} question
 * @param {AbortSignal} signal
 * @returns {Promise<Step>}
 */
export const explainStep = async (question, signal) => (await post("/explain/step", question, signal)).json();

/**
 * @param {number} unit
 * @param {Convention} convention
 * @param {AbortSignal} signal
 * @returns {Promise<UnitProfile>}
 */
export const fetchUnit = (unit, convention, signal) => get(`/units/${unit}?convention=${convention}`, signal);

/** @returns {Promise<{title: string, text: string}[]>} */
export const fetchExamples = () => get("/examples");

/**
 * @returns {Promise<{
 *   model: {name: string, version: string},
 *   sizes: {hidden: number},
 *   limits: {max_tokens: number},
 *   defaults: {top_units: number},
 * }>} the fields that this page reads
 */
export const fetchInfo = () => get("/info");
