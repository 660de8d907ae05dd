/** A switch: a row of native radio buttons, so that the keyboard works as usual. */
import { element } from "./dom.js";

/**
 * @template {string} V
 * @typedef {object} Switch
 * @property {V} value
 * @property {boolean} isFirst  whether the value is the default
 * @property {(value: V) => void} choose
 * @property {(value: string | undefined) => void} restore  choose a value, or the default if there
 *   is no such value
 */

/**
 * @template {string} V
 * @param {HTMLElement} container
 * @param {{value: V, label: string}[]} options  the first one is the default
 * @param {(value: V) => void} onChange  called when the reader chooses, not when code does
 * @returns {Switch<V> & {relabel: (value: V, label: string) => void}}
 */
export function segments(container, options, onChange) {
  const buttons = options.map(({ value, label }, index) => {
    const input = /** @type {HTMLInputElement} */ (
      element("input", { type: "radio", name: container.id, value })
    );
    const caption = element("span", null, label);
    input.checked = index === 0;
    input.addEventListener("change", () => onChange(value));
    container.append(element("label", null, input, caption));
    return { value, input, caption };
  });
  const [first] = buttons;
  /** @param {string | undefined} value */
  const buttonOf = (value) => buttons.find((button) => button.value === value) ?? first;
  return {
    get value() {
      return (buttons.find(({ input }) => input.checked) ?? first).value;
    },
    get isFirst() {
      return this.value === first.value;
    },
    restore: (value) => {
      buttonOf(value).input.checked = true;
    },
    choose: (value) => {
      buttonOf(value).input.checked = true;
    },
    relabel: (value, label) => {
      buttonOf(value).caption.textContent = label;
    },
  };
}
