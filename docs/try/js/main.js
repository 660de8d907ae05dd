/**
 * The page: loads the model, reads the text that is sent, and shows what the network did.
 *
 * @import { Assessment } from "./decision.js"
 * @import { Encoding } from "./reading/reader.js"
 * @import { Trace } from "./network.js"
 */

import { Decider } from "./decision.js";
import { find } from "./elements.js";
import { hideGates, showGates } from "./gates.js";
import { Network } from "./network.js";
import { Reader, UnreadableText } from "./reading/reader.js";
import { showWords } from "./words.js";

const FOLDER = new URL("../", import.meta.url);

const form = find("form", HTMLFormElement);
const text = find("text", HTMLTextAreaElement);
const button = find("read", HTMLButtonElement);
const status = find("status", HTMLSpanElement);
const problem = find("problem", HTMLParagraphElement);
const result = find("result", HTMLElement);

/** @param {string} message Shown instead of a result. */
function showProblem(message) {
  result.hidden = true;
  problem.textContent = message;
  problem.hidden = false;
}

/**
 * @param {Trace} trace
 * @param {Assessment} assessment
 */
function showVerdict(trace, { undecided, warning }) {
  const label = trace.logit > 0 ? "positive" : "negative";
  const verdict = find("verdict", HTMLHeadingElement);
  verdict.textContent = undecided ? "Can't tell" : label;
  verdict.className = undecided ? "" : label;
  find("probability", HTMLParagraphElement).textContent =
    `P(positive) = ${trace.probability.toFixed(3)}, logit ${trace.logit.toFixed(3)}`;
  const doubt = find("warning", HTMLParagraphElement);
  doubt.textContent = warning;
  doubt.hidden = !warning;
}

/**
 * Show a text that was run.
 * @param {Encoding} encoding
 * @param {Trace} trace
 * @param {Assessment} assessment
 */
function showResult(encoding, trace, assessment) {
  problem.hidden = true;
  hideGates();
  showVerdict(trace, assessment);
  showWords(encoding, trace.running, (position) => showGates(trace, position, encoding.read[position]));
  result.hidden = false;
}

/** Load everything, then read texts as they are sent. */
async function start() {
  const [response, network] = await Promise.all([fetch(new URL("reading.json", FOLDER)), Network.load(FOLDER)]);
  if (!response.ok) throw new Error(`reading.json: HTTP status ${response.status}`);
  const data = await response.json();
  const reader = new Reader(data);
  const decider = new Decider(data.decision, data.unknown);

  /** Read the text, and show the result or why there is none. */
  const read = async () => {
    const encoding = reader.encode(text.value);
    const trace = await network.run(encoding.ids);
    showResult(encoding, trace, decider.assess(encoding, trace.logit));
    return encoding.ids.length;
  };
  const submit = async () => {
    button.disabled = true;
    status.textContent = "Reading…";
    try {
      status.textContent = `${await read()} words read`;
    } catch (error) {
      status.textContent = "";
      showProblem(error instanceof UnreadableText ? error.message : `The text could not be read: ${String(error)}`);
      if (error instanceof UnreadableText && error.place) {
        text.focus(); // a selection is seen only there
        text.setSelectionRange(error.place.start, error.place.end);
      }
    } finally {
      button.disabled = false;
    }
  };
  find("model", HTMLSpanElement).textContent = `is ${data.model.name} ${data.model.version}`;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  await submit();
}

start().catch((/** @type {unknown} */ error) => {
  status.textContent = "";
  showProblem(`The model cannot be loaded. This page must be opened from a web server. (${String(error)})`);
});
