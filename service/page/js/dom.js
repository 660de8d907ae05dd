/** Elements built in code. Text only ever goes in as text. */

/** @param {string} id */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}`);
  return element;
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
 * @param {HTMLElement} box
 * @param {{title: string, message: string} | null} problem  null hides the box
 */
export function showProblem(box, problem) {
  box.hidden = problem === null;
  box.replaceChildren();
  if (!problem) return;
  box.append(element("p", null, problem.message), element("small", null, problem.title));
  box.scrollIntoView({ block: "nearest" });
}

/**
 * Run a task once, when it has not been asked for anew for a while.
 * @param {() => void} task
 * @param {number} milliseconds
 * @returns {() => void}
 */
export function whenQuiet(task, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(task, milliseconds);
  };
}

/**
 * Run a task in the next frame, once, however often it is asked for until then.
 * @param {() => void} task
 * @returns {() => void}
 */
export function oncePerFrame(task) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      task();
    });
  };
}
