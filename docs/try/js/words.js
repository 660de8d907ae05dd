/**
 * The words of a text, with the running probability as a line under them. One can be selected.
 *
 * @import { Encoding } from "./reading/reader.js"
 */

import { find, make, makeSvg } from "./elements.js";

const HEIGHT = 28;
const WIDTH = 100;

/**
 * @param {Encoding} encoding
 * @param {Float32Array} running P(positive) if the text ended at each token.
 * @param {(position: number) => void} select Called with the position of the word that is selected.
 */
export function showWords(encoding, running, select) {
  const buttons = Array.from(running, (probability, position) =>
    wordButton(encoding, position, running[Math.max(0, position - 1)], probability),
  );
  /** @param {number} position */
  const choose = (position) => {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(index === position));
      button.tabIndex = index === position ? 0 : -1;
    });
    select(position);
  };
  buttons.forEach((button, position) => {
    button.tabIndex = position === 0 ? 0 : -1;
    button.addEventListener("click", () => choose(position));
    button.addEventListener("keydown", (event) => {
      const next = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (next === undefined || !buttons[next]) return;
      event.preventDefault();
      buttons[next].focus();
      choose(next);
    });
  });
  find("words", HTMLDivElement).replaceChildren(...buttons);
}

/**
 * @param {Encoding} encoding
 * @param {number} position
 * @param {number} before Running probability before the word.
 * @param {number} after Running probability after it.
 */
function wordButton(encoding, position, before, after) {
  const written = encoding.text.slice(encoding.starts[position], encoding.ends[position]);
  const read = encoding.read[position];
  const shown = written || read;
  const isReadOtherwise = written.toLowerCase() !== read.toLowerCase();
  const note = isReadOtherwise ? `, read as ${read}` : "";
  const button = make("button", {
    type: "button",
    class: after > 0.5 ? "positive" : "negative",
    "aria-pressed": "false",
    "aria-label": `${shown}${note}, P(positive) ${after.toFixed(3)}`,
    title: `${shown}${note}: ${after.toFixed(3)}`,
  });
  button.append(make("span", {}, shown), line(before, after));
  return button;
}

/**
 * @param {number} before
 * @param {number} after
 */
function line(before, after) {
  /** @param {number} probability */
  const y = (probability) => (HEIGHT * (1 - probability)).toFixed(1);
  return makeSvg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    makeSvg("path", { class: "half", d: `M0 ${HEIGHT / 2}H${WIDTH}` }),
    makeSvg("path", { class: "running", d: `M0 ${y(before)}L${WIDTH / 2} ${y(after)}H${WIDTH}` }),
  );
}
