/** The token and the unit that the reader looks at, shared by all views. */
import { Store } from "./store.js";

/**
 * @typedef {"highlight" | "figure" | "detail" | "top words" | "result"} Origin  the view in
 *   which a change was made
 *
 * @typedef {object} SelectionState
 * @property {number | null} hovered  token under the pointer, or with the keyboard's focus
 * @property {number | null} pinned  token that is selected while none is hovered
 * @property {number | null} unit  row of the heat map
 * @property {Origin} origin  so that a view does not scroll to a token that was selected in it
 */

/** @extends {Store<SelectionState>} */
export class Selection extends Store {
  constructor() {
    super({ hovered: null, pinned: null, unit: null, origin: "result" });
  }

  /** The token to show: the hovered one if there is one, otherwise the pinned one. */
  get active() {
    return activeToken(this.value);
  }

  /**
   * @param {number | null} token
   * @param {Origin} origin
   */
  hover(token, origin) {
    this.set({ hovered: token, origin });
  }

  /**
   * Pin a token, or unpin it if it is pinned already.
   * @param {number} token
   * @param {Origin} origin
   */
  toggle(token, origin) {
    this.set({ pinned: this.value.pinned === token ? null : token, origin });
  }

  /**
   * @param {number | null} token  null unpins
   * @param {Origin} origin
   */
  pin(token, origin) {
    this.set({ pinned: token, hovered: null, origin });
  }

  /** @param {number | null} unit */
  selectUnit(unit) {
    this.set({ unit });
  }
}

/** @param {SelectionState} state */
export const activeToken = ({ hovered, pinned }) => hovered ?? pinned;
