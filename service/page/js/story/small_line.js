/** The running prediction as a small line beside the slider, where the line under the words may be out of sight. */
import { heightAt, linePath, rangeBoxes } from "./line_geometry.js";

/** In the units of the drawing, which is stretched to its box. */
const [WIDTH, HEIGHT] = [100, 24];
const PARTS = ["range", "half", "was", "line"];

/**
 * @param {HTMLElement} svg  the drawing
 * @param {import("./running_line.js").Drawing} drawing
 */
export function drawSmallLine(svg, { running, held, gate, range }) {
  const step = WIDTH / running.length;
  const boxes = running.map((_, index) => ({ left: index * step, right: (index + 1) * step, top: 0, bottom: 0 }));
  const row = { first: 0, last: running.length - 1, left: 0, right: WIDTH, top: 0, height: HEIGHT };
  const outline = range ? rangeBoxes([row], boxes, range) : [];
  const [area, half, was, line] = PARTS.map((name) => /** @type {Element} */ (svg.querySelector(`.${name}`)));
  svg.dataset.gate = gate;
  svg.toggleAttribute("data-held", held !== null);
  area.setAttribute("d", outline.map(({ x, width }) => `M${x},0h${width}v${HEIGHT}h${-width}Z`).join(""));
  half.setAttribute("d", `M0,${heightAt(row, 0.5)}H${WIDTH}`);
  was.setAttribute("d", held ? linePath([row], boxes, running) : "");
  line.setAttribute("d", linePath([row], boxes, held ?? running));
}
