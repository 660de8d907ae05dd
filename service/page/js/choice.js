/** A list to choose one thing from, in groups: for more alternatives than fit in a row. */
import { element } from "./dom.js";

/**
 * @template {string} V
 * @param {HTMLSelectElement} select
 * @param {Record<string, {value: V, label: string}[]>} groups  the first of all is chosen at the start
 * @param {(value: V) => void} onChange  called when the reader chooses, not when code does
 * @returns {{value: V, isFirst: boolean, choose: (value: V) => void, restore: (value: string | undefined) => void}}
 *   the same as `segments` answers
 */
export function choice(select, groups, onChange) {
  const values = Object.values(groups).flatMap((options) => options.map(({ value }) => value));
  for (const [label, options] of Object.entries(groups)) {
    const nodes = options.map(({ value, label: name }) => element("option", { value }, name));
    select.append(element("optgroup", { label }, ...nodes));
  }
  select.addEventListener("change", () => onChange(/** @type {V} */ (select.value)));
  return {
    get value() {
      return /** @type {V} */ (select.value);
    },
    get isFirst() {
      return select.value === values[0];
    },
    choose: (value) => {
      select.value = value;
    },
    restore: (value) => {
      select.value = values.includes(/** @type {V} */ (value)) ? value : values[0];
    },
  };
}
