/**
 * A text as it is read, aligned with the text as it was sent: every character of the former stands
 * for a span of the latter. The counterpart of `models/text/alignment.py`.
 *
 * @typedef {{ start: number, end: number, replacement: string }} Edit
 */

export class AlignedText {
  /**
   * @param {string} text The text as it is read.
   * @param {number[]} firsts Where the span of each character begins in the original text.
   * @param {number[]} ends Where it ends.
   */
  constructor(text, firsts, ends) {
    this.text = text;
    this.firsts = firsts;
    this.ends = ends;
  }

  /** @param {string} text A text of which nothing is replaced yet. */
  static of(text) {
    const firsts = Array.from({ length: text.length }, (_, index) => index);
    return new AlignedText(text, firsts, firsts.map((index) => index + 1));
  }

  /**
   * Return the text after some edits. Each character of a replacement stands for all that was replaced.
   * @param {Edit[]} edits In order, without overlap, none of an empty span.
   */
  edited(edits) {
    if (edits.length === 0) return this;
    let text = "";
    let position = 0;
    /** @type {number[]} */
    const firsts = [];
    /** @type {number[]} */
    const ends = [];
    /** @param {number} end */
    const keepUntil = (end) => {
      text += this.text.slice(position, end);
      for (; position < end; position++) {
        firsts.push(this.firsts[position]);
        ends.push(this.ends[position]);
      }
    };
    for (const { start, end, replacement } of edits) {
      keepUntil(start);
      text += replacement;
      for (let index = 0; index < replacement.length; index++) {
        firsts.push(this.firsts[start]);
        ends.push(this.ends[end - 1]);
      }
      position = end;
    }
    keepUntil(this.text.length);
    return new AlignedText(text, firsts, ends);
  }

  /**
   * Return the spans of the original text that tokens stand for. They do not overlap: of several
   * tokens for one piece of the original, the first has its span, and the others are empty.
   * @param {{ start: number, end: number }[]} tokens
   */
  spans(tokens) {
    let reached = 0;
    return tokens.map(({ start, end }) => {
      const first = Math.max(this.firsts[start], reached);
      reached = Math.max(this.ends[end - 1], reached);
      return { start: first, end: Math.max(first, reached) };
    });
  }
}
