/** The colours of the style sheet, for Plotly, which cannot read CSS variables. */

/** @param {string} name  a CSS custom property, without its dashes */
export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** @param {() => void} listener  called when light and dark change places */
export const onThemeChange = (listener) =>
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener);

/** A phone: one column, and fingers that scroll. Keep in step with the style sheets. */
export const narrowScreen = matchMedia("(max-width: 60rem)");
export const coarsePointer = matchMedia("(pointer: coarse)");
