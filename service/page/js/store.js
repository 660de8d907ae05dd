/** A value that tells its readers when it changes. */

/** @template {object} T */
export class Store {
  /** @type {Set<(value: T, before: T) => void>} */
  #listeners = new Set();
  #value;

  /** @param {T} value */
  constructor(value) {
    this.#value = Object.freeze(value);
  }

  get value() {
    return this.#value;
  }

  /**
   * Change some fields; listeners hear of it only if one really changed.
   * @param {Partial<T>} patch
   */
  set(patch) {
    const before = this.#value;
    if (Object.entries(patch).every(([key, value]) => Object.is(before[key], value))) return;
    this.#value = Object.freeze({ ...before, ...patch });
    for (const listener of this.#listeners) listener(this.#value, before);
  }

  /** @param {(value: T, before: T) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }
}
