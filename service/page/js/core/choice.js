/** A drop-down list in groups: a switch with more options than fit in a row. */
import { element } from "./dom.js";

/**
 * @template {string} V
 * @param {HTMLSelectElement} select
 * @param {Record<string, {value: V, label: string}[]>} groups  the first option of all is the default
 * @param {(value: V) => void} onChange  called when the reader chooses, not when code does
 * @returns {import("./segments.js").Switch<V>}
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
      select.value = values.find((known) => known === value) ?? values[0];
    },
  };
}
