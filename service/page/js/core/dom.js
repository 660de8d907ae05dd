/** Elements built in code. Text is only ever inserted as text, never as markup. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}`);
  return found;
}

/**
 * @param {string} tag
 * @param {Record<string, string> | null} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * The closest ancestor of an event's target that matches a selector.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closestTo({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

/** @param {string} text */
export const columnHead = (text) => element("th", { scope: "col" }, text);

/** @param {string[]} names */
export const headRow = (names) => element("thead", null, element("tr", null, ...names.map(columnHead)));

/**
 * A table row with a heading in front.
 * @param {string | Node} name
 * @param {string[]} cells
 */
export const bodyRow = (name, cells) =>
  element("tr", null, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", null, text)));

/**
 * @param {HTMLElement} box
 * @param {{title: string, message: string} | null} problem  null hides the box
 */
export function showProblem(box, problem) {
  box.hidden = problem === null;
  box.replaceChildren();
  if (!problem) return;
  box.append(element("p", null, problem.message));
  if (problem.title) box.append(element("small", null, problem.title));
  box.scrollIntoView({ block: "nearest" });
}
