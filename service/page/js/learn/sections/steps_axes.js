/** Axes of a drawing of one number, between −1 and 1, over several steps. */
import { number } from "../../core/format.js";
import { label, rule } from "../drawing.js";
import { linear } from "../geometry.js";

export const HEIGHT = 250;

/**
 * @param {number} width
 * @param {number} steps
 * @param {string[]} names  of the steps, the first of which follows the start
 */
export function stepAxes(width, steps, names) {
  const x = linear([0, steps], [48, width - 22]);
  const y = linear([-1, 1], [HEIGHT - 34, 14]);
  const room = x(1) - x(0);
  const axes = [
    ...[-1, 0, 1].flatMap((value) => [
      rule([x(0) - 12, y(value)], [x(steps) + 8, y(value)], value === 0 ? "axis" : "grid"),
      label(x(0) - 20, y(value) + 4, number(value, 0), { "text-anchor": "end" }),
    ]),
    label(x(0), HEIGHT - 10, "start", { "text-anchor": "middle", class: "minor" }),
    // Names that would touch their neighbours are lowered in turns.
    ...names.map((name, index) =>
      label(x(index + 1), HEIGHT - (index % 2 && room < 52 && name.length > 2 ? 0 : 12), name, {
        "text-anchor": "middle",
        class: "minor",
      }),
    ),
  ];
  return { x, y, axes };
}
