/** Plotly traces and axes that several figures share. */
import { colour } from "./theme.js";

/** The y axis of a share: 0 to 1, with a little room for a line that lies on an end. */
export const shareAxis = () => ({
  range: [-0.03, 1.03],
  fixedrange: true,
  tickvals: [0, 0.5, 1],
  ticktext: ["0", "0.5", "1"],
  gridcolor: colour("line"),
  zeroline: false,
});

/**
 * A line along the tokens. It has steps instead of slopes, because a value is that of a whole token.
 * @param {number[]} values
 * @param {object} style
 * @param {object} [area]
 */
export const line = (values, style, area) => ({
  mode: "lines",
  x: [-0.5, ...values.keys(), values.length - 0.5],
  y: [values[0], ...values, values.at(-1)],
  line: { shape: "hvh", ...style },
  hoverinfo: "none",
  ...area,
});
