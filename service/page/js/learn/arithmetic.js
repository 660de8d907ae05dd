/** The arithmetic of the page "Learn": gates, steps and gradients of a single unit. */

/** @param {number} total  a pre-activation, any real number */
export const sigmoid = (total) => 1 / (1 + Math.exp(-total));

/**
 * The inverse of the sigmoid.
 * @param {number} probability  above 0 and below 1
 */
export const logit = (probability) => Math.log(probability / (1 - probability));

/**
 * The new state of a unit, in PyTorch's convention.
 * @param {number} update  1 keeps the old state
 * @param {number} candidate
 * @param {number} before  the old state
 */
export const mix = (update, candidate, before) => (1 - update) * candidate + update * before;

/**
 * The new state of a unit, in the convention of Chung et al. 2014.
 * @param {number} update  1 takes the candidate
 * @param {number} candidate
 * @param {number} before  the old state
 */
export const mixChung2014 = (update, candidate, before) => update * candidate + (1 - update) * before;

/**
 * The states of a unit whose update gate stays the same.
 * @param {number} update
 * @param {number[]} candidates  one for each step
 * @param {number} start  state before the first step
 * @returns {number[]} the start and the state after each step
 */
export function states(update, candidates, start) {
  const found = [start];
  for (const candidate of candidates) found.push(mix(update, candidate, found[found.length - 1]));
  return found;
}

/**
 * The candidate of a unit.
 * @param {number} reset
 * @param {number} word  W_in x + b_in
 * @param {number} state  W_hn h + b_hn
 */
export const candidate = (reset, word, state) => Math.tanh(word + reset * state);

/**
 * Candidates and states of a unit whose gates stay the same, and whose candidate reads the state.
 * @param {{reset: number, update: number, weight: number, words: number[], start: number}} unit
 *   `weight` multiplies the old state, `words` is what each word adds
 * @returns {{candidates: number[], states: number[]}} `states` begins with the start
 */
export function recur({ reset, update, weight, words, start }) {
  const found = [start];
  const candidates = words.map((word) => {
    const before = found[found.length - 1];
    const value = candidate(reset, word, weight * before);
    found.push(mix(update, value, before));
    return value;
  });
  return { candidates, states: found };
}

/**
 * What a gradient is multiplied by at each step back through an Elman cell, h = tanh(W h + …).
 * @param {number} weight  recurrent weight
 * @param {number} state  h, between −1 and 1
 */
export const elmanFactor = (weight, state) => weight * (1 - state * state);

/**
 * The power of ten of a factor that is multiplied by itself.
 * @param {number} factor  0 or above
 * @param {number} times
 * @returns {number} log10(factor ** times), −∞ for a product of 0
 */
export const powerOfTen = (factor, times) => (times === 0 ? 0 : times * Math.log10(factor));

/** @param {number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The mean of the values up to each place.
 * @param {number[]} values
 */
export const runningMean = (values) => values.map((_, index) => mean(values.slice(0, index + 1)));

/**
 * Round as a calculation on paper does.
 * @param {number} value
 * @param {number} decimals
 */
export const round = (value, decimals) => Number(value.toFixed(decimals));
