/** Numbers as text, with fixed decimals and a true minus sign. */

const MINUS = "\u2212";

/**
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 3) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/**
 * A number with its sign, also when positive. A value other than 0 is never rounded to 0.
 * @param {number} value
 * @param {number} [digits]
 */
export function signed(value, digits = 3) {
  const sign = value > 0 ? "+" : "";
  const vanishes = value !== 0 && Number(value.toFixed(digits)) === 0;
  return sign + (vanishes ? scientific(value) : number(value, digits));
}

/** @param {number} share  0 to 1; only an exact 0 or 1 is written as 0 % or 100 % */
export function percent(share) {
  if (share < 1 && share > 0.999) return "> 99.9 %";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

/** @param {number} value  written with its power of ten, such as 2.8e−8 */
export const scientific = (value) => (value === 0 ? "0" : value.toExponential(1).replaceAll("-", MINUS));

/** @param {number} quantity  written with thousands separators */
export const count = (quantity) => quantity.toLocaleString("en");

/**
 * @param {number} quantity
 * @param {string} noun
 */
export const plural = (quantity, noun) => `${count(quantity)} ${noun}${quantity === 1 ? "" : "s"}`;
