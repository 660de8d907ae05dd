/** A row of alternatives: native radio buttons, so that the keyboard works as everywhere. */
import { element } from "./dom.js";

/**
 * @template {string} V
 * @param {HTMLElement} container
 * @param {{value: V, label: string, hint?: string}[]} options  the first is chosen at the start
 * @param {(value: V) => void} onChange  called when the reader chooses, not when code does
 * @returns {{
 *   value: V,
 *   isFirst: boolean,
 *   choose: (value: V) => void,
 *   restore: (value: string | undefined) => void,
 *   relabel: (value: V, label: string) => void,
 * }} `restore` falls back on the first for a value that there is not
 */
export function segments(container, options, onChange) {
  const inputs = new Map();
  for (const { value, label, hint } of options) {
    const input = /** @type {HTMLInputElement} */ (
      element("input", { type: "radio", name: container.id, value })
    );
    input.checked = inputs.size === 0;
    input.addEventListener("change", () => onChange(value));
    inputs.set(value, input);
    container.append(element("label", hint ? { title: hint } : null, input, element("span", null, label)));
  }
  return {
    get value() {
      return [...inputs].find(([, input]) => input.checked)[0];
    },
    get isFirst() {
      return this.value === options[0].value;
    },
    restore(value) {
      this.choose(inputs.has(value) ? value : options[0].value);
    },
    choose: (value) => {
      inputs.get(value).checked = true;
    },
    relabel: (value, label) => {
      inputs.get(value).nextElementSibling.textContent = label;
    },
  };
}
