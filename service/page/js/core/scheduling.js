/** When a task runs that is requested many times in a row. */

/**
 * Run a task once it has not been requested for a while.
 * @param {() => void} task
 * @param {number} milliseconds
 * @returns {() => void} requests the task
 */
export function debounce(task, milliseconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(task, milliseconds);
  };
}

/**
 * Run a task in the next animation frame, once, however often it is requested until then.
 * @param {() => void} task
 * @returns {() => void} requests the task
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

/** How long to wait for a frame: a tab in the background has none. */
const NO_FRAME_MILLISECONDS = 100;

/**
 * Wait until the browser has painted what was changed.
 * @returns {Promise<void>}
 */
export const nextPaint = () =>
  new Promise((resolve) => {
    setTimeout(resolve, NO_FRAME_MILLISECONDS);
    requestAnimationFrame(() => setTimeout(resolve));
  });

/**
 * Run a task soon after it was requested, but not more often than once in a while.
 * @param {() => void} task
 * @param {number} milliseconds
 * @returns {() => void} requests the task
 */
export function atMostEvery(task, milliseconds) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      task();
    }, milliseconds);
  };
}
