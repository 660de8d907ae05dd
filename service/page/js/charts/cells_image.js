/** The cells of a heat map as an image with one pixel a cell. */

const SHADES = 256;

/**
 * @param {number[][]} values  (T, U), each from 0 to 1
 * @param {import("../core/view.js").Range} range  tokens in view, one a column
 * @param {number} units  number of rows
 * @param {string[]} ramp  colours at evenly spaced values from 0 to 1
 * @returns {string} its data URL
 */
export function cellsImage(values, { first, last }, units, ramp) {
  const { canvas, pen } = canvasOf(last - first + 1, units);
  const image = pen.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const shades = shadesOf(ramp);
  for (let token = first; token <= last; token++) {
    const row = values[token];
    for (let unit = 0; unit < units; unit++) {
      pixels[unit * canvas.width + token - first] = shades[Math.round(row[unit] * (SHADES - 1))];
    }
  }
  pen.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/**
 * The colours between those of a ramp, as pixels.
 * @param {string[]} ramp
 */
function shadesOf(ramp) {
  const { pen } = canvasOf(SHADES, 1);
  // The first and the last colour lie in the middles of the outer pixels.
  const gradient = pen.createLinearGradient(0.5, 0, SHADES - 0.5, 0);
  ramp.forEach((shade, index) => gradient.addColorStop(index / (ramp.length - 1), shade));
  pen.fillStyle = gradient;
  pen.fillRect(0, 0, SHADES, 1);
  return new Uint32Array(pen.getImageData(0, 0, SHADES, 1).data.buffer);
}

/**
 * @param {number} width
 * @param {number} height
 */
function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser has no canvas");
  return { canvas, pen };
}
