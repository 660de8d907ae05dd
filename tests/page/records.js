/** Small API records for the tests, and numbers to repeat a test with. */

/**
 * @typedef {import("../../service/page/js/core/types.js").Token} Token
 * @typedef {import("../../service/page/js/core/types.js").Explanation} Explanation
 * @typedef {import("../../service/page/js/core/types.js").Diff} Diff
 * @typedef {import("../../service/page/js/core/types.js").StepUnit} StepUnit
 */

/** @type {Token} */
const TOKEN = {
  text: "fine",
  start: 0,
  end: 4,
  known: true,
  read_as: null,
  reset: { mean: 0.25, min: 0, max: 1, low: 0.125, high: 0.5, deviation: 0.0625 },
  update: { mean: 0.75, min: 0.125, max: 0.875, low: 0.25, high: 0.75, deviation: 0.125 },
  recalled_share: 0.5,
  running_probability: 0.625,
  decomposition: { total: 0.5, new_word: 0.75, recalled_context: -0.25 },
  kept_share: 1,
  released_share: 0.25,
  flags: [],
  gate_effects: null,
  attribution: null,
  without: null,
};

/**
 * @param {Partial<Token>} [fields]  other than the usual ones
 * @returns {Token}
 */
export const token = (fields = {}) => ({ ...TOKEN, ...fields });

/**
 * A token with a contribution.
 * @param {number} total
 * @param {string} [text]
 */
export const contributing = (total, text = "word") =>
  token({ text, decomposition: { total, new_word: total, recalled_context: 0 } });

/** @type {Explanation["unusual"]} */
export const UNUSUAL = {
  percent: 5,
  tokens: 1000,
  bands: [
    { from_token: 1, recalled_share_below: 0.3, released_share_above: 0.6 },
    { from_token: 10, recalled_share_below: 0.2, released_share_above: 0.5 },
  ],
};

/** @type {Explanation["notation"]} */
const NOTATION = {
  update_symbol: "z",
  update_sense: "1 keeps the old state",
  reset: "r_t",
  update: "z_t",
  candidate: "n_t",
  hidden: "h_t",
};

/**
 * Tokens with a running prediction.
 * @param {[string, number][]} words  each with P(positive) after it
 */
export const reading = (words) => words.map(([text, p]) => token({ text, running_probability: p }));

/**
 * A sweep of the reset gate over “but dull” of “fine but dull”.
 * @param {Partial<import("../../service/page/js/core/types.js").Sweep>} [fields]  other than the usual ones
 * @returns {import("../../service/page/js/core/types.js").Sweep}
 */
export function sweepRecord(fields = {}) {
  /** @param {number} p */
  const run = (p) => ({
    probability_positive: p,
    logit: Math.log(p / (1 - p)),
    label: /** @type {"positive" | "negative"} */ (p > 0.5 ? "positive" : "negative"),
    running: [0.9, 0.8, p],
  });
  return {
    ...PREDICTION,
    model: { name: "sample", version: "1", id: "sample" },
    text: "fine but dull",
    gate: "reset",
    first: 1,
    last: 2,
    convention: "pytorch",
    notation: NOTATION,
    tokens: ["fine", "but", "dull"].map((text, index) => ({ text, start: 5 * index, end: 5 * index + 4, known: true })),
    as_it_was: run(0.125),
    stops: [
      { value: 0, ...run(0.3) },
      { value: 0.1, ...run(0.15) },
      { value: 1, ...run(0.95) },
      { value: "average", ...run(0.4) },
    ],
    ...fields,
  };
}

const PREDICTION = {
  label: /** @type {const} */ ("positive"),
  score: 0.75,
  probabilities: { negative: 0.25, positive: 0.75 },
  coverage: 1,
  undecided: false,
  warnings: [],
  decomposition: { bias: -0.125, logit: 1.0986, residual: 1e-8 },
};

/**
 * A comparison of “a fine film” with “a dull new film”.
 * @returns {Diff}
 */
export function diff() {
  /**
   * @param {number} attribution
   * @param {string} text
   */
  const word = (attribution, text) => token({ text, attribution, without: 0.5 });
  const before = [word(0.25, "a"), word(1, "fine"), word(0.5, "film")];
  const after = [word(0.25, "a"), word(-1, "dull"), word(0, "new"), word(0.5625, "film")];
  const model = { name: "sample", version: "1", id: "sample" };
  /** @param {number} total */
  const changed = (total) => ({ total, new_word: total, recalled_context: 0 });
  const gate = { mean: -0.0625, distance: 0.125 };
  return {
    convention: "pytorch",
    notation: NOTATION,
    unusual: UNUSUAL,
    model,
    text: { ...PREDICTION, model, text: "a fine film", tokens: before },
    other: { ...PREDICTION, model, text: "a dull new film", tokens: after },
    change: { logit: -1.9375, probability: -0.4, label_changes: true, edited_tokens: -2, same_tokens: 0.0625, residual: 0 },
    rows: [
      { kind: "same", token: 0, other_token: 0, attribution: 0, decomposition: changed(0), running_probability: 0, reset: gate, update: gate },
      { kind: "changed", token: 1, other_token: 1, attribution: -2, decomposition: changed(-2), running_probability: 0, reset: gate, update: gate },
      { kind: "added", token: null, other_token: 2, attribution: 0, decomposition: changed(0), running_probability: null, reset: null, update: null },
      { kind: "same", token: 2, other_token: 3, attribution: 0.0625, decomposition: changed(0.0625), running_probability: 0, reset: gate, update: gate },
    ],
  };
}

/** @returns {StepUnit} every number of which is another one, in the order of the calculation */
export function stepUnit() {
  let next = 0;
  const number = () => next++;
  const before = number();
  const gate = () => ({
    from_word: number(),
    word_bias: number(),
    from_state: number(),
    state_bias: number(),
    total: number(),
    value: number(),
  });
  const reset = gate();
  const update = gate();
  const candidate = {
    from_word: number(),
    word_bias: number(),
    word: number(),
    from_state: number(),
    state_bias: number(),
    state: number(),
    recalled: number(),
    total: number(),
    value: number(),
  };
  return { unit: 9, before, reset, update, candidate, written: number(), kept: number(), after: number() };
}

/**
 * Pseudo-random numbers from 0 to 1, the same ones in every run (mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
