/** Texts sent to the API in lists, and explained one by one. Nothing is lost by what is refused. */
import { explain, predictMany } from "../core/api.js";
import { count } from "../core/format.js";
import { ApiProblem } from "../core/problem.js";
import { accountOf } from "./account.js";
import { isPredicted } from "./scored.js";

/** @typedef {import("./scored.js").Scored} Scored */

const MOST_BYTES = 200_000; // of the texts of one request, so that the progress is seen
const OTHER_BYTES = 1_000; // of a body, besides its texts
const REQUESTS_AT_ONCE = 2;

/**
 * Number of bytes of a text in a body.
 * @param {string} text
 */
const bytesOf = (text) => new TextEncoder().encode(JSON.stringify(text)).length + 1;

/**
 * Divide texts into lists for one request each.
 * @template {{text: string}} T
 * @param {T[]} texts
 * @param {{mostTexts: number, mostBytes: number}} limits  of a list; a text with more bytes is alone
 * @returns {T[][]}
 */
export function inLists(texts, { mostTexts, mostBytes }) {
  /** @type {T[][]} */
  const lists = [];
  let bytes = Infinity;
  for (const text of texts) {
    const more = bytesOf(text.text);
    if (bytes + more > mostBytes || lists[lists.length - 1].length >= mostTexts) {
      lists.push([]);
      bytes = 0;
    }
    lists[lists.length - 1].push(text);
    bytes += more;
  }
  return lists;
}

/**
 * Predict all texts that have neither a prediction nor a problem, with the default model. Without a
 * name, a service that divides its traffic could use another model for each list.
 * @param {Scored[]} texts  filled in place
 * @param {{info: import("../core/types.js").Info, signal: AbortSignal, onProgress: () => void}} options
 * @returns {Promise<void>} rejects with `ApiProblem` if a request got no response; what has been
 *   predicted until then is kept
 */
export async function predictAll(texts, { info: { limits, model }, signal, onProgress }) {
  const most = limits.max_body_bytes - OTHER_BYTES;
  const pending = texts.filter((scored) => !isPredicted(scored));
  for (const scored of pending) {
    if (bytesOf(scored.text) > most) scored.problem = `The text is longer than a request may be: ${count(most)} bytes.`;
  }
  const sent = pending.filter(({ problem }) => problem === null);
  for (const list of inLists(sent, { mostTexts: limits.max_texts, mostBytes: Math.min(MOST_BYTES, most) })) {
    await predictList(list, model.id, signal);
    onProgress();
  }
}

/**
 * A list with invalid texts is refused as a whole: it is sent again without them.
 * @param {Scored[]} list
 * @param {string} model
 * @param {AbortSignal} signal
 */
async function predictList(list, model, signal) {
  for (let rest = list; rest.length > 0; rest = rest.filter(({ problem }) => problem === null)) {
    try {
      const predictions = await predictMany(rest.map(({ text }) => text), model, signal);
      rest.forEach((scored, index) => {
        scored.prediction = predictions[index];
      });
      return;
    } catch (error) {
      const refused = error instanceof ApiProblem ? error.refusedItems("text") : null;
      if (!refused) throw error;
      for (const [index, reason] of refused) rest[index].problem = reason;
    }
  }
}

/**
 * Explain all texts that have a prediction, with the model that predicted them.
 * @param {Scored[]} texts  filled in place
 * @param {{signal: AbortSignal, onProgress: () => void}} options
 * @returns {Promise<void>} rejects with the first error once no request is in progress
 */
export async function explainAll(texts, { signal, onProgress }) {
  const pending = texts.filter(({ prediction, account, unexplained }) => prediction && !account && unexplained === null);
  // A text whose explanation fails again and again must not keep the others from theirs.
  const queue = [...pending.filter(({ hasFailed }) => !hasFailed), ...pending.filter(({ hasFailed }) => hasFailed)].values();
  let failed = false;
  const worker = async () => {
    for (const scored of queue) {
      try {
        await explainOne(scored, signal);
      } catch (error) {
        failed = true;
        throw error;
      }
      onProgress();
      if (failed) return;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: REQUESTS_AT_ONCE }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/**
 * @param {Scored} scored  with a prediction
 * @param {AbortSignal} signal
 */
async function explainOne(scored, signal) {
  try {
    const request = { text: scored.text, attribution: true, model: scored.prediction?.model.id };
    scored.account = accountOf(await explain(request, signal));
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.canRetry && !scored.hasFailed) {
      scored.hasFailed = true;
      throw error;
    }
    scored.unexplained = error.message;
  }
}
