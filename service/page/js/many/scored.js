/** A text of the table, and what is known of it so far. */

/**
 * @typedef {import("../core/types.js").Prediction} Prediction
 * @typedef {import("../core/types.js").FlagName} FlagName
 *
 * @typedef {object} Scored
 * @property {number} number  of the text, from 1
 * @property {number} line  of the source, in which the text begins
 * @property {string} text
 * @property {Prediction | null} prediction
 * @property {Account | null} account
 * @property {string | null} problem  why there is no prediction
 * @property {string | null} unexplained  why there is no account
 * @property {boolean} hasFailed  whether an explanation was requested and none was received
 *
 * @typedef {object} Account  why a text has its verdict
 * @property {Word[]} words  that did most, largest first
 * @property {Map<string, Tally>} tallies  of all words, by the word in lower case
 * @property {string | null} turn  the word at which the prediction turned
 * @property {Record<FlagName, number>} flags  number of tokens with each flag
 *
 * @typedef {{text: string, share: number}} Word  `share` of the logit
 * @typedef {{share: number, count: number}} Tally  sum of the shares of all occurrences of a word
 */

/**
 * @param {import("./sources.js").Row[]} rows
 * @param {number} column  that has the texts
 * @returns {Scored[]}
 */
export const unscored = (rows, column) =>
  rows.map(({ line, fields }, index) => ({
    number: index + 1,
    line,
    text: fields[column],
    prediction: null,
    account: null,
    problem: null,
    unexplained: null,
    hasFailed: false,
  }));

/** @param {Pick<Scored, "prediction" | "problem">} scored */
export const isPredicted = ({ prediction, problem }) => prediction !== null || problem !== null;

/** @param {Pick<Scored, "account" | "problem" | "unexplained">} scored */
export const isFinished = ({ account, problem, unexplained }) =>
  account !== null || problem !== null || unexplained !== null;
