/** A token in the colour of its share of the logit. */
import { element } from "../core/dom.js";
import { tintOf } from "../explanation/colouring.js";
import { shareOf } from "../explanation/words.js";

const BAR_PIXELS = 4;

/**
 * @param {Pick<import("../core/types.js").Token, "text" | "attribution" | "decomposition">} token
 * @param {number} full  the share of full colour
 * @param {string} [text]  its spelling in the review
 */
export function tinted(token, full, text = token.text) {
  const { sign, strength } = tintOf(shareOf(token), full);
  const node = element("span", { class: "paired", "data-sign": sign }, text);
  node.style.setProperty("--strength", String(strength));
  node.style.setProperty("--edge", `${Math.round(BAR_PIXELS * strength)}px`);
  return node;
}
