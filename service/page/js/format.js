/** Numbers as text. A true minus sign, fixed decimals, and never a rounded 100 %. */

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
 * A number with its sign, also when positive. What is not 0 is never rounded to it.
 * @param {number} value
 * @param {number} [digits]
 */
export function signed(value, digits = 3) {
  const sign = value > 0 ? "+" : "";
  const vanishes = value !== 0 && Number(value.toFixed(digits)) === 0;
  return sign + (vanishes ? tiny(value) : number(value, digits));
}

/** @param {number} share  0 to 1; what is not all or nothing is never rounded to it */
export function percent(share) {
  if (share < 1 && share > 0.999) return "> 99.9 %";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

/** @param {number} value  by its power of ten */
export const tiny = (value) => (value === 0 ? "0" : value.toExponential(1).replaceAll("-", MINUS));

/** @param {number} count */
export const count = (count) => count.toLocaleString("en");

/**
 * @param {number} quantity
 * @param {string} noun
 */
export const plural = (quantity, noun) => `${count(quantity)} ${noun}${quantity === 1 ? "" : "s"}`;
