/** Where the running prediction is drawn: in a band under each line of text. */

/**
 * The box of a token's first line, in pixels.
 * @typedef {{left: number, right: number, top: number, bottom: number}} Box
 *
 * @typedef {object} Row  of text
 * @property {number} first  token
 * @property {number} last  token
 * @property {number} left
 * @property {number} right
 * @property {number} top  of the band
 * @property {number} height  of the band
 */

/**
 * Group tokens by the line of text that they stand in.
 * @param {readonly Box[]} boxes
 * @param {{gap: number, height: number}} band  distance from the text, and height
 * @returns {Row[]}
 */
export function rowsOf(boxes, { gap, height }) {
  /** @type {Row[]} */
  const rows = [];
  boxes.forEach((box, index) => {
    const row = rows.at(-1);
    const isSameRow = row && box.bottom + gap - row.top < height / 2;
    if (isSameRow) {
      row.last = index;
      row.right = Math.max(row.right, box.right);
      return;
    }
    const { left, right, bottom } = box;
    rows.push({ first: index, last: index, left, right, top: bottom + gap, height });
  });
  return rows;
}

/**
 * The y coordinate of a probability.
 * @param {Row} row
 * @param {number} p
 */
export const heightAt = ({ top, height }, p) => top + (1 - p) * height;

/** @param {Box} box */
const centre = ({ left, right }) => (left + right) / 2;

/** @param {number} pixels */
const short = (pixels) => pixels.toFixed(1);

/**
 * The line of a row: at each token's centre the prediction after it, from the left end of the row,
 * where it is that of the token before, to the right end.
 * @param {Row} row
 * @param {readonly Box[]} boxes
 * @param {readonly number[]} running
 * @returns {string} points of a path
 */
function points(row, boxes, running) {
  const { first, last, left, right } = row;
  const start = running[first - 1] ?? running[first];
  const parts = [`${short(left)},${short(heightAt(row, start))}`];
  for (let token = first; token <= last; token++) {
    parts.push(`${short(centre(boxes[token]))},${short(heightAt(row, running[token]))}`);
  }
  if (last < boxes.length - 1) parts.push(`${short(right)},${short(heightAt(row, running[last]))}`);
  return parts.join("L");
}

/**
 * The path of the running prediction.
 * @param {readonly Row[]} rows
 * @param {readonly Box[]} boxes
 * @param {readonly number[]} running
 */
export const linePath = (rows, boxes, running) => rows.map((row) => `M${points(row, boxes, running)}`).join("");

/**
 * The path of the area between the running prediction and one half.
 * @param {readonly Row[]} rows
 * @param {readonly Box[]} boxes
 * @param {readonly number[]} running
 */
export const areaPath = (rows, boxes, running) =>
  rows
    .map((row) => {
      const middle = short(heightAt(row, 0.5));
      const end = row.last < boxes.length - 1 ? row.right : centre(boxes[row.last]);
      return `M${short(row.left)},${middle}L${points(row, boxes, running)}L${short(end)},${middle}Z`;
    })
    .join("");

/**
 * The parts of a range of tokens in each row, as the range's boxes.
 * @param {readonly Row[]} rows
 * @param {readonly Box[]} boxes
 * @param {import("../core/view.js").Range} range
 * @returns {{x: number, y: number, width: number, height: number}[]}
 */
export const rangeBoxes = (rows, boxes, { first, last }) =>
  rows
    .filter((row) => row.last >= first && row.first <= last)
    .map((row) => {
      const x = row.first >= first ? row.left : boxes[first].left;
      const end = row.last <= last ? row.right : boxes[last].right;
      return { x, y: row.top, width: Math.max(0, end - x), height: row.height };
    });

/**
 * The token nearest to a point.
 * @param {readonly Row[]} rows
 * @param {readonly Box[]} boxes
 * @param {{x: number, y: number}} point
 * @returns {number}
 */
export function nearestToken(rows, boxes, { x, y }) {
  const row = rows.reduce((best, one) => (distance(one, y) < distance(best, y) ? one : best));
  let nearest = row.first;
  for (let token = row.first; token <= row.last; token++) {
    if (Math.abs(centre(boxes[token]) - x) < Math.abs(centre(boxes[nearest]) - x)) nearest = token;
  }
  return nearest;
}

/**
 * The distance of a height from a row's band.
 * @param {Row} row
 * @param {number} y
 */
const distance = ({ top, height }, y) => Math.abs(y - (top + height / 2));

/** Half the width of a mark over a word, in pixels. */
const MARK = 4.5;

/**
 * The marks over flagged words: a triangle for a reset, a square for a rewrite, so that they differ
 * in more than colour. A token with both has them side by side.
 * @param {readonly {flags: readonly string[]}[]} tokens
 * @param {readonly Box[]} boxes
 * @returns {{reset: string, rewrite: string}} paths
 */
export function markPaths(tokens, boxes) {
  const paths = { reset: "", rewrite: "" };
  tokens.forEach(({ flags }, index) => {
    const [isReset, isRewrite] = [flags.includes("reset"), flags.includes("rewrite")];
    const shift = isReset && isRewrite ? MARK + 1 : 0;
    const x = centre(boxes[index]);
    const y = boxes[index].top;
    if (isReset) paths.reset += `M${short(x - shift - MARK)},${short(y - 2 * MARK)}h${2 * MARK}l${-MARK},${2 * MARK}Z`;
    if (isRewrite) paths.rewrite += `M${short(x + shift - MARK)},${short(y - 2 * MARK)}h${2 * MARK}v${2 * MARK}h${-2 * MARK}Z`;
  });
  return paths;
}
