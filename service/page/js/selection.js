/**
 * Which token (and unit) the reader looks at: one answer, shared by strip, charts, heat map,
 * details and ledger.
 */
import { Store } from "./store.js";

/**
 * @typedef {"strip" | "figure" | "detail" | "ledger" | "result"} Origin  where a change came from
 *
 * @typedef {object} Look
 * @property {number | null} hovered  token under the pointer or the keyboard's focus
 * @property {number | null} pinned  token that stays when nothing is hovered
 * @property {number | null} unit  row of the heat map
 * @property {Origin} origin  so that a view need not scroll to what the reader just pointed at
 */

/** @extends {Store<Look>} */
export class Selection extends Store {
  constructor() {
    super({ hovered: null, pinned: null, unit: null, origin: "result" });
  }

  /** The token to show: the hovered one, else the pinned one. */
  get active() {
    return this.value.hovered ?? this.value.pinned;
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
   * @param {number | null} token
   * @param {Origin} origin
   */
  pin(token, origin) {
    this.set({ pinned: token, hovered: null, origin });
  }

  /** @param {number | null} unit */
  lookAtUnit(unit) {
    this.set({ unit });
  }
}
