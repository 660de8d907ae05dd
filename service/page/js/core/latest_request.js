/** The request of one part of the page: a newer one aborts the one in progress. */
import { showProblem } from "./dom.js";
import { ApiProblem } from "./problem.js";

export class LatestRequest {
  #controller = new AbortController();
  #box;
  #problem;
  #onProblem;

  /**
   * @param {HTMLElement} box  marked as busy during a request
   * @param {HTMLElement} problem  where a refusal is shown
   * @param {() => void} onProblem  called before a refusal is shown
   */
  constructor(box, problem, onProblem) {
    this.#box = box;
    this.#problem = problem;
    this.#onProblem = onProblem;
  }

  /** Abort the request that is in progress, if any. */
  abort() {
    this.#controller.abort();
    if (this.#box.ariaBusy === "true") this.#box.ariaBusy = "false";
  }

  /**
   * Abort the earlier request, send another one and show its response.
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} send
   * @param {(response: T) => void | Promise<void>} show
   */
  async send(send, show) {
    this.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    this.#box.ariaBusy = "true";
    try {
      const response = await send(signal);
      showProblem(this.#problem, null);
      await show(response);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      this.#onProblem();
      showProblem(this.#problem, error);
    } finally {
      if (!signal.aborted) this.#box.ariaBusy = "false";
    }
  }
}
