/** The steps of the story as links, with what the one that is shown has to say. */
import { byId, element } from "../core/dom.js";
import { isShown, linkOfPlace, STEPS } from "./steps.js";

/**
 * @typedef {import("../core/types.js").Explanation} Explanation
 * @typedef {import("./steps.js").Place} Place
 */

export class StepList {
  #list = byId("story-steps");
  #follow;

  /** @param {(link: string) => void} follow  opens the link of a step */
  constructor(follow) {
    this.#follow = follow;
  }

  /**
   * @param {Explanation} explanation
   * @param {{gate: import("../core/types.js").Gate, at: string}} held
   * @param {import("../core/types.js").Sweep | null} sweep  over the words of the steps; null if
   *   there is none, or if the reader chose other words
   */
  show(explanation, held, sweep) {
    const { text, convention } = explanation;
    const shown = { text, convention, ...held };
    const focused = this.#list.contains(document.activeElement) && document.activeElement?.getAttribute("href");
    const items = STEPS.map(({ places, remark }) => {
      const links = places.map((place) => this.#link(place, linkOfPlace(place, convention), isShown(place, shown)));
      const item = element("li", null, ...links.flatMap((link, index) => (index === 0 ? [link] : [", ", link])));
      const isHere = places.some((place) => isShown(place, shown));
      const note = isHere && sweep ? remark(explanation, sweep) : "";
      if (note) item.append(element("p", { class: "note" }, note));
      return item;
    });
    this.#list.replaceChildren(...items);
    // The links are built anew; the keyboard's focus stays on the same one.
    const links = [...this.#list.querySelectorAll("a")];
    if (focused) links.find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
  }

  /**
   * @param {Place} place
   * @param {string} href
   * @param {boolean} isHere
   */
  #link({ label }, href, isHere) {
    const link = element("a", { href, ...(isHere && { "aria-current": "true" }) }, label);
    link.addEventListener("click", (event) => {
      // With a modifier, the browser opens the link in another tab or window.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.#follow(href);
    });
    return link;
  }
}
