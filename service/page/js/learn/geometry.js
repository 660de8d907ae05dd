/** Geometry of the drawings: from values to positions. */

/**
 * @param {[number, number]} domain  values
 * @param {[number, number]} range  their positions
 * @returns {(value: number) => number}
 */
export const linear =
  ([first, last], [start, end]) =>
  (value) =>
    start + ((value - first) / (last - first)) * (end - start);

/**
 * The path of a line.
 * @param {[number, number][]} points
 */
export const linePath = (points) =>
  points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/**
 * Evenly spaced values, with both ends.
 * @param {number} first
 * @param {number} last
 * @param {number} steps
 */
export const spaced = (first, last, steps) =>
  Array.from({ length: steps + 1 }, (_, step) => first + ((last - first) * step) / steps);

/**
 * The part of a line of values that lies within bounds, cut where it leaves them.
 * @param {[number, number][]} points
 * @param {[number, number]} bounds  of the second number
 * @returns {[number, number][]}
 */
export function clipped(points, [least, greatest]) {
  /** @type {[number, number][]} */
  const kept = [];
  for (const [index, [x, y]] of points.entries()) {
    if (y >= least && y <= greatest) {
      kept.push([x, y]);
      continue;
    }
    const [beforeX, beforeY] = points[index - 1] ?? [x, y];
    const edge = y < least ? least : greatest;
    if (kept.length > 0 && Number.isFinite(y)) {
      kept.push([beforeX + ((edge - beforeY) / (y - beforeY)) * (x - beforeX), edge]);
    }
    break;
  }
  return kept;
}
