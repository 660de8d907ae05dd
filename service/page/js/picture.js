/** The verdict, the strip and the charts as one picture, in the colours of the page. */
import { ApiProblem } from "./api.js";
import { number, percent, signed } from "./format.js";
import { pieces } from "./pieces.js";
import { colour } from "./theme.js";

const WIDTH = 1100;
const MARGIN = 36;
/** Width of a chart in the picture. */
export const CHART_WIDTH = WIDTH - 2 * MARGIN;
const LINE = 36;
const SHARPNESS = 2;
/** Browsers draw no higher canvas. */
const HIGHEST = 8000;
const STRONGEST = 0.62;
const EDGE = 4;

/**
 * @typedef {import("./api.js").Explanation} Explanation
 * @typedef {{title: string, url: string, width: number, height: number}} Chart
 * @typedef {{text: string, x: number, y: number, width: number, token: number | null}} Word
 */

/**
 * @param {Explanation} explanation
 * @param {import("./colouring.js").Colouring} colouring  of the strip
 * @param {Chart[]} charts
 * @returns {Promise<Blob>} a PNG; raises ApiProblem for a review too long for a picture
 */
export async function drawPicture(explanation, colouring, charts) {
  const images = await Promise.all(charts.map(({ url }) => load(url)));
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const top = 150;
  const words = layOut(pen, explanation);
  const below = top + (words.at(-1).y + 1) * LINE + 10;
  const chartHeight = ({ height }) => height + 34;
  const height = below + charts.reduce((sum, chart) => sum + chartHeight(chart), 0) + 56;
  if (height > HIGHEST) {
    throw new ApiProblem("No picture", "The review is too long for one picture. Save it as HTML: that has all of it.");
  }
  canvas.width = WIDTH * SHARPNESS;
  canvas.height = height * SHARPNESS;
  pen.scale(SHARPNESS, SHARPNESS);
  pen.fillStyle = colour("surface");
  pen.fillRect(0, 0, WIDTH, height);
  drawVerdict(pen, explanation, colouring);
  drawWords(pen, words, top, explanation, colouring);
  let y = below;
  charts.forEach((chart, index) => {
    write(pen, chart.title, MARGIN, y + 20, `700 14px ${colour("sans")}`);
    pen.drawImage(images[index], MARGIN, y + 30, chart.width, chart.height);
    y += chartHeight(chart);
  });
  const { model, ledger } = explanation;
  const account = `${model.name} ${model.version}. Bias ${signed(ledger.bias)} + contributions = logit ${signed(ledger.logit)}.`;
  write(pen, account, MARGIN, height - 24, `13px ${colour("sans")}`, "ink-2");
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob), "image/png");
  });
}

/** @param {string} url */
async function load(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} text
 * @param {number} x
 * @param {number} y  of the base line
 * @param {string} font
 * @param {string} [ink]  name of a colour
 */
function write(pen, text, x, y, font, ink = "ink") {
  pen.font = font;
  pen.fillStyle = colour(ink);
  pen.fillText(text, x, y);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Explanation} explanation
 * @param {import("./colouring.js").Colouring} colouring
 */
function drawVerdict(pen, { label, score, probabilities, tokens }, { label: name, note, scale, ends }) {
  const verdict = label === "positive" ? "Positive" : "Negative";
  write(pen, verdict, MARGIN, 72, `600 44px ${colour("serif")}`, label);
  const x = MARGIN + pen.measureText(verdict).width + 18;
  const sure = `with probability ${percent(score)}; P(positive) = ${number(probabilities.positive)}`;
  write(pen, sure, x, 72, `17px ${colour("sans")}`);
  const [low, , high] = ends(scale(tokens));
  write(pen, `${name}. ${note}`, MARGIN, 106, `13px ${colour("sans")}`, "ink-2");
  write(pen, `Full colour: ${low} orange, ${high} blue.`, MARGIN, 126, `13px ${colour("sans")}`, "ink-2");
}

/**
 * Flow the whole text over lines, as the strip does: nothing of it is left out.
 * @param {CanvasRenderingContext2D} pen
 * @param {Explanation} explanation
 * @returns {Word[]} with `y` as the number of the line
 */
function layOut(pen, { text, tokens }) {
  pen.font = stripFont();
  const room = CHART_WIDTH;
  let x = 0;
  let y = 0;
  /** @type {Word[]} */
  const words = [];
  const put = (part, token) => {
    const { width } = pen.measureText(part);
    if (x > 0 && x + width > room) [x, y] = [0, y + 1];
    if (width > room) {
      const letters = Array.from(part);
      const half = Math.floor(letters.length / 2);
      put(letters.slice(0, half).join(""), token);
      put(letters.slice(half).join(""), token);
      return;
    }
    words.push({ text: part, x, y, width, token });
    x += width;
  };
  for (const piece of pieces(text, tokens)) {
    for (const part of piece.text.split(/(\n| )/)) {
      if (part === "\n") [x, y] = [0, y + 1];
      else if (part !== "") put(part, piece.token);
    }
  }
  return words;
}

const stripFont = () => `19px ${colour("serif")}`;

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Word[]} words
 * @param {number} top
 * @param {Explanation} explanation
 * @param {import("./colouring.js").Colouring} colouring
 */
function drawWords(pen, words, top, { tokens }, { scale, signedValue }) {
  const full = scale(tokens);
  for (const { text, x, y, width, token } of words) {
    const base = top + y * LINE + 24;
    if (token !== null) {
      const value = signedValue(tokens[token]);
      const strength = Math.min(1, Math.abs(value) / full);
      const side = value > 0 ? "positive" : "negative";
      pen.globalAlpha = strength * STRONGEST;
      pen.fillStyle = colour(`${side}-tint`);
      pen.fillRect(MARGIN + x, base - 20, width, 28);
      pen.globalAlpha = 1;
      pen.fillStyle = colour(side);
      const edge = Math.round(strength * EDGE);
      pen.fillRect(MARGIN + x, value > 0 ? base - 20 : base + 8 - edge, width, edge);
    }
    write(pen, text, MARGIN + x, base, stripFont());
  }
}
