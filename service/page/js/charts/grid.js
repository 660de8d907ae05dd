/** The rows of the heat map: their height and their labels. */

const ROW_PIXELS = { few: 11, many: 3 };
const FEW = 64;
const UNITS_PER_LABEL = 16;

/** @param {number} units  number of rows */
export const rowPixels = (units) => (units <= FEW ? ROW_PIXELS.few : ROW_PIXELS.many);

/**
 * The rows that have a label: all if there are few, otherwise every sixteenth.
 * @param {number} units  number of rows
 * @returns {number[]}
 */
export const labelledRows = (units) =>
  Array.from({ length: units }, (_, row) => row).filter((row) => units <= FEW || row % UNITS_PER_LABEL === 0);
