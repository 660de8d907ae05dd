/** Requests to the public HTTP API. The page shows nothing that another client could not request. */
import { ApiProblem, problemOf } from "./problem.js";

/**
 * @typedef {import("./types.js").Convention} Convention
 * @typedef {import("./types.js").Explanation} Explanation
 * @typedef {import("./types.js").ExplainRequest} ExplainRequest
 */

// The key is kept until the tab is closed, and is sent to this server only.
const KEY = "gatewise-key";
const UNAUTHORIZED = 401;

/**
 * Send a request, with the reader's API key if there is one.
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} rejects with `ApiProblem`, or with an `AbortError` after an abort
 */
async function request(path, options = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = { ...options.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem("No response", "The server cannot be reached. Is it still running?");
  }
  if (response.ok) return response;
  if (response.status === UNAUTHORIZED && requestKey(key)) return request(path, options);
  throw await problemOf(response);
}

/**
 * Prompt the reader for a key, unless another request has done so in the meantime.
 * @param {string | null} refused  the key that the server refused
 * @returns {boolean} whether there is another key to try
 */
function requestKey(refused) {
  if (sessionStorage.getItem(KEY) !== refused) return true;
  const given = window.prompt("This service requires an API key.")?.trim();
  if (given) sessionStorage.setItem(KEY, given);
  return Boolean(given);
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
const get = async (path, signal) => (await request(path, { signal })).json();

/**
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} [signal]
 */
const post = (path, body, signal) =>
  request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });

/**
 * @param {string[]} texts
 * @param {string} model  its id
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Prediction[]>} in the order of the texts
 */
export const predictMany = async (texts, model, signal) =>
  (await post("/predict", { text: texts, model }, signal)).json();

/**
 * @param {ExplainRequest} body
 * @param {AbortSignal} signal
 * @returns {Promise<Explanation>}
 */
export const explain = async (body, signal) => (await post("/explain", body, signal)).json();

/**
 * Request an explanation with the values of single units. If only the units are refused, because
 * there are too many values, request the explanation without them.
 * @param {ExplainRequest} body
 * @param {AbortSignal} signal
 * @returns {Promise<{explanation: Explanation, refusal: ApiProblem | null}>} `refusal` is the
 *   reason why the units are missing
 */
export async function explainWithUnits({ units, ...body }, signal) {
  try {
    return { explanation: await explain({ ...body, units }, signal), refusal: null };
  } catch (error) {
    if (!(error instanceof ApiProblem && error.isAbout("units"))) throw error;
    return { explanation: await explain(body, signal), refusal: error };
  }
}

/**
 * Request an explanation as a file.
 * @param {"json" | "csv" | "html"} format
 * @param {ExplainRequest} body
 * @returns {Promise<Blob>}
 */
export const explainAs = async (format, body) => (await post("/explain", { ...body, format })).blob();

/**
 * @param {import("./types.js").DiffRequest} body
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Diff>}
 */
export const explainDiff = async (body, signal) => (await post("/explain/diff", body, signal)).json();

/**
 * @param {import("./types.js").StepRequest} body
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Step>}
 */
export const explainStep = async (body, signal) => (await post("/explain/step", body, signal)).json();

/**
 * @param {import("./types.js").SweepRequest} body
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Sweep>}
 */
export const sweep = async (body, signal) => (await post("/explain/sweep", body, signal)).json();

/**
 * @param {{word?: string, sort: import("./types.js").UnitOrder, descending: boolean, offset: number,
 *   limit: number, model: string, convention: Convention}} query
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").ListedUnits>}
 */
export const fetchUnits = (query, signal) => {
  const parameters = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return get(`/units?${new URLSearchParams(parameters)}`, signal);
};

/**
 * @param {number} unit
 * @param {Convention} convention
 * @param {string} model  id of the model; empty for the default one
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").UnitProfile>}
 */
export const fetchUnit = (unit, convention, model, signal) =>
  get(`/units/${unit}?${new URLSearchParams({ convention, ...(model && { model }) })}`, signal);

/** @returns {Promise<import("./types.js").Example[]>} */
export const fetchExamples = () => get("/examples");

/** @returns {Promise<import("./types.js").Info>} */
export const fetchInfo = () => get("/info");

/**
 * Figures of the lab, measured beforehand on nets that are not served.
 * @param {AbortSignal} signal
 */
export const fetchLabFigures = (signal) => get("/static/data/lab.json", signal);
