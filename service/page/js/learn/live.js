/** A part of the page that needs the service: requested when it comes near, with a retry. */
import { element } from "../core/dom.js";
import { ApiProblem } from "../core/problem.js";

/** Begin before the part is seen, so that it is there when it is. */
const MARGIN = "600px 0px";

/**
 * @template T
 * @param {HTMLElement} box  hidden until there is a response
 * @param {HTMLElement} status  says that the request is running, or why it failed
 * @param {(signal: AbortSignal) => Promise<T>} request
 * @param {(response: T) => void} show
 * @returns {() => Promise<void>} sends the request anew
 */
export function live(box, status, request, show) {
  let controller = new AbortController();
  const send = async () => {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    box.ariaBusy = "true";
    if (box.hidden) status.replaceChildren(element("p", { class: "note" }, "Asking the network …"));
    try {
      const response = await request(signal);
      if (signal.aborted) return;
      status.replaceChildren();
      box.hidden = false;
      show(response);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      box.hidden = true;
      status.replaceChildren(failure(error, send));
    } finally {
      if (!signal.aborted) box.ariaBusy = "false";
    }
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      send();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(status);
  return send;
}

/**
 * @param {ApiProblem} problem
 * @param {() => void} retry
 */
function failure({ title, message }, retry) {
  const button = element("button", { type: "button", class: "quiet" }, "Try again");
  button.addEventListener("click", retry);
  return element(
    "div",
    { class: "problem", role: "alert" },
    element("p", null, message),
    element("small", null, title),
    element("div", { class: "retry" }, button),
  );
}
