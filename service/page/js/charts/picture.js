/** The prediction, the highlighted review and the charts as one picture, in the colours of the page. */
import { number, percent, signed } from "../core/format.js";
import { ApiProblem } from "../core/problem.js";
import { tintOf } from "../explanation/colouring.js";
import { layOut } from "./text_layout.js";
import { colour } from "./theme.js";

const WIDTH = 1100;
const MARGIN = 36;
/** Width of a chart in the picture. */
export const CHART_WIDTH = WIDTH - 2 * MARGIN;
const LINE = 36;
const TEXT_TOP = 150;
const CHART_TITLE = 34;
const FOOT = 56;
const SCALE = 2;
/** The greatest height of a canvas that browsers draw. */
const HIGHEST = 8000;
const STRONGEST = 0.62;
const EDGE = 4;

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("../explanation/colouring.js").Colouring} Colouring
 * @typedef {{title: string} & import("./token_figure.js").FigureImage} Chart
 */

/**
 * @param {Explanation} explanation
 * @param {Colouring} colouring  of the highlighted review
 * @param {Chart[]} charts
 * @returns {Promise<Blob>} a PNG; rejects with `ApiProblem` for a review too long for a picture
 */
export async function drawPicture(explanation, colouring, charts) {
  const images = await Promise.all(charts.map(({ url }) => load(url)));
  const canvas = document.createElement("canvas");
  const pen = penOf(canvas);
  pen.font = textFont();
  const words = layOut(explanation.text, explanation.tokens, CHART_WIDTH, (text) => pen.measureText(text).width);
  const lines = (words.at(-1)?.line ?? 0) + 1;
  const chartsTop = TEXT_TOP + lines * LINE + 10;
  const height = chartsTop + charts.reduce((sum, chart) => sum + chart.height + CHART_TITLE, 0) + FOOT;
  if (height > HIGHEST) {
    throw new ApiProblem("No picture", "The review is too long for one picture. Save it as HTML, which has no limit.");
  }
  canvas.width = WIDTH * SCALE;
  canvas.height = height * SCALE;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = colour("surface");
  pen.fillRect(0, 0, WIDTH, height);
  drawPrediction(pen, explanation, colouring);
  drawWords(pen, words, explanation, colouring);
  let top = chartsTop;
  charts.forEach((chart, index) => {
    write(pen, chart.title, MARGIN, top + 20, `700 14px ${colour("sans")}`);
    pen.drawImage(images[index], MARGIN, top + 30, chart.width, chart.height);
    top += chart.height + CHART_TITLE;
  });
  const { model, decomposition } = explanation;
  const sum = `${model.name} ${model.version}. Bias ${signed(decomposition.bias)} + contributions = logit ${signed(decomposition.logit)}.`;
  write(pen, sum, MARGIN, height - 24, `13px ${colour("sans")}`, "ink-2");
  return blobOf(canvas);
}

/** @param {HTMLCanvasElement} canvas */
function penOf(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new ApiProblem("No picture", "This browser cannot draw pictures.");
  return pen;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
const blobOf = (canvas) =>
  new Promise((resolve, reject) => {
    const problem = new ApiProblem("No picture", "The browser could not write the picture.");
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(problem)), "image/png");
  });

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
 * @param {Colouring} colouring
 */
function drawPrediction(pen, { label, score, undecided, probabilities, tokens }, { label: name, note, scale, ends }) {
  const named = label === "positive" ? "Positive" : "Negative";
  const prediction = undecided ? "Can’t tell" : named;
  write(pen, prediction, MARGIN, 72, `600 44px ${colour("serif")}`, undecided ? "ink-2" : label);
  const x = MARGIN + pen.measureText(prediction).width + 18;
  const lead = undecided ? `${label} has the probability` : "with probability";
  const probability = `${lead} ${percent(score)}; P(positive) = ${number(probabilities.positive)}`;
  write(pen, probability, x, 72, `17px ${colour("sans")}`);
  const [low, , high] = ends(scale(tokens));
  write(pen, `${name}. ${note}`, MARGIN, 106, `13px ${colour("sans")}`, "ink-2");
  write(pen, `Full colour: ${low} orange, ${high} blue.`, MARGIN, 126, `13px ${colour("sans")}`, "ink-2");
}

const textFont = () => `19px ${colour("serif")}`;

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {import("./text_layout.js").Word[]} words
 * @param {Explanation} explanation
 * @param {Colouring} colouring
 */
function drawWords(pen, words, { tokens }, { scale, signedValue }) {
  const full = scale(tokens);
  for (const { text, x, line, width, token } of words) {
    const base = TEXT_TOP + line * LINE + 24;
    if (token !== null) {
      const { sign, strength } = tintOf(signedValue(tokens[token]), full);
      pen.globalAlpha = strength * STRONGEST;
      pen.fillStyle = colour(`${sign}-tint`);
      pen.fillRect(MARGIN + x, base - 20, width, 28);
      pen.globalAlpha = 1;
      pen.fillStyle = colour(sign);
      const edge = Math.round(strength * EDGE);
      pen.fillRect(MARGIN + x, sign === "positive" ? base - 20 : base + 8 - edge, width, edge);
    }
    write(pen, text, MARGIN + x, base, textFont());
  }
}
