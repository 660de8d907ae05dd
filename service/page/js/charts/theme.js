/** Colours of the style sheet for saved pictures and canvas, which cannot read CSS variables. */

/** @param {string} name  a CSS custom property, without its dashes */
export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** @param {() => void} listener  called when the system changes between light and dark */
export const onThemeChange = (listener) =>
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener);

/** A screen with one column. The style sheets have the same width. */
export const narrowScreen = matchMedia("(max-width: 60rem)");
