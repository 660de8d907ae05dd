/** A value that notifies its subscribers when it changes. */

/** @template {object} T */
export class Store {
  /** @type {Set<(value: T, before: T) => void>} */
  #listeners = new Set();
  #value;

  /** @param {T} value */
  constructor(value) {
    this.#value = Object.freeze(value);
  }

  /** @returns {Readonly<T>} */
  get value() {
    return this.#value;
  }

  /**
   * Change some fields. Subscribers are only called if at least one field has another value.
   * @param {Partial<T>} patch
   */
  set(patch) {
    const before = this.#value;
    const fields = /** @type {(keyof T)[]} */ (Object.keys(patch));
    if (fields.every((field) => Object.is(before[field], patch[field]))) return;
    this.#value = Object.freeze({ ...before, ...patch });
    for (const listener of this.#listeners) listener(this.#value, before);
  }

  /** @param {(value: T, before: T) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }
}
