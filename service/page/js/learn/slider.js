/** Sliders: native range inputs, each with a label and an output for its value. */
import { byId } from "../core/dom.js";

/**
 * Show a slider's value in its output, and to screen readers, whenever it changes.
 * @param {string} id  of the input; its output has the same id with "-value" behind
 * @param {(value: number) => string} written
 * @param {() => void} onInput
 */
export function slider(id, written, onInput) {
  const input = /** @type {HTMLInputElement} */ (byId(id));
  const output = byId(`${id}-value`);
  const show = () => {
    const text = written(input.valueAsNumber);
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", () => {
    show();
    onInput();
  });
  show();
  return {
    get value() {
      return input.valueAsNumber;
    },
    /** @param {number} value */
    set value(value) {
      input.value = String(value);
      show();
    },
    /**
     * @param {number} last  the greatest value
     * @param {number} value
     */
    extend(last, value) {
      input.max = String(last);
      input.disabled = last === 0;
      this.value = value;
    },
  };
}

/**
 * Buttons that set sliders to values: `data-set="update=0.5"`.
 * @param {string} section
 * @param {Record<string, {value: number}>} sliders
 * @param {() => void} onChange
 */
export function presets(section, sliders, onChange) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (byId(section).querySelectorAll("[data-set]"))) {
    button.addEventListener("click", () => {
      for (const pair of (button.dataset.set ?? "").split(" ")) {
        const [name, value] = pair.split("=");
        sliders[name].value = Number(value);
      }
      onChange();
    });
  }
}
