/**
 * Reads a text as `WordTokenizer.encode` of the Python package does, or refuses it: what would be
 * read differently is not read at all.
 *
 * @import { Edit } from "./aligned_text.js"
 * @import { SpellingData } from "./speller.js"
 * @import { Token } from "./split.js"
 *
 * @typedef {SpellingData & { folded: Record<string, string>, unknown: number }} ReaderData
 *
 * @typedef {object} Encoding
 * @property {string} text The text as it was sent.
 * @property {number[]} ids Word id of each token.
 * @property {number[]} starts First character of each token in `text`.
 * @property {number[]} ends One past its last.
 * @property {string[]} read Each token as it was read.
 * @property {number} coverage Share of the tokens with a meaning that are in the vocabulary.
 */

import { AlignedText } from "./aligned_text.js";
import { refuseFolded, refuseSent } from "./refusals.js";
import { Speller } from "./speller.js";
import { split } from "./split.js";

/** How far before a word the end of a sentence is looked for. */
const REACH = 8;
const MEANINGFUL = /[\p{L}\p{N}\p{So}\p{Sc}\p{Sm}]/u;

/** A text that this page does not read. */
export class UnreadableText extends Error {
  /**
   * @param {string} reason
   * @param {{ start: number, end: number } | null} place Where in the text.
   */
  constructor(reason, place) {
    super(reason);
    this.name = "UnreadableText";
    this.place = place;
  }
}

export class Reader {
  /** @param {ReaderData} data */
  constructor(data) {
    this.folded = data.folded;
    this.unknown = data.unknown;
    this.speller = new Speller(data);
  }

  /**
   * @param {string} text
   * @returns {Encoding}
   * @throws {UnreadableText}
   */
  encode(text) {
    if (!text.trim()) throw new UnreadableText("There is no text.", null);
    let aligned = this.fold(text);
    let tokens = split(aligned.text);
    const corrections = this.corrections(aligned.text, tokens);
    if (corrections.length > 0) {
      aligned = aligned.edited(corrections);
      tokens = split(aligned.text);
    }
    const spans = aligned.spans(tokens);
    return {
      text,
      ids: tokens.map(({ word }) => this.id(word)),
      starts: spans.map(({ start }) => start),
      ends: spans.map(({ end }) => end),
      read: tokens.map(({ start, end }) => aligned.text.slice(start, end)),
      coverage: this.coverage(tokens),
    };
  }

  /**
   * Return a text with its characters folded.
   * @param {string} text
   */
  fold(text) {
    refuse(text, refuseSent(text, this.folded));
    /** @type {Edit[]} */
    const edits = [];
    for (let start = 0; start < text.length; start++) {
      const replacement = Object.hasOwn(this.folded, text[start]) ? this.folded[text[start]] : text[start];
      if (replacement !== text[start]) edits.push({ start, end: start + 1, replacement });
    }
    const aligned = AlignedText.of(text).edited(edits);
    const refusal = refuseFolded(aligned.text);
    refuse(
      text,
      refusal && {
        start: aligned.firsts[refusal.start],
        end: aligned.ends[Math.max(refusal.start, refusal.end - 1)],
        reason: refusal.reason,
      },
    );
    return aligned;
  }

  /**
   * Return the corrections of tokens that may be misspelt.
   * @param {string} text
   * @param {Token[]} tokens
   */
  corrections(text, tokens) {
    const hasUpper = /[\p{Uppercase}\p{Lt}]/u.test(text);
    const hasLower = /[\p{Lowercase}\p{Lt}]/u.test(text);
    const mayBeName = hasUpper !== hasLower;
    /** @type {Edit[]} */
    const edits = [];
    for (const { word, start, end } of tokens) {
      if (this.id(word) !== this.unknown && !this.speller.contractions.has(word)) continue;
      const before = text.slice(Math.max(0, start - REACH), start).trimEnd().slice(-1);
      // A capital letter at the beginning of a sentence marks no name.
      const written = ".!?".includes(before) ? word : text.slice(start, end);
      const replacement = this.speller.correct(written, { mayBeName });
      if (replacement) edits.push({ start, end, replacement });
    }
    return edits;
  }

  /** @param {string} word */
  id(word) {
    return this.speller.ids.get(word) ?? this.unknown;
  }

  /** @param {Token[]} tokens */
  coverage(tokens) {
    const meaningful = tokens.filter(({ word }) => MEANINGFUL.test(word));
    const known = meaningful.filter(({ word }) => this.id(word) !== this.unknown);
    return known.length > 0 ? known.length / meaningful.length : 0;
  }
}

/**
 * @param {string} text
 * @param {{ start: number, end: number, reason: string } | null} refusal
 * @throws {UnreadableText}
 */
function refuse(text, refusal) {
  if (refusal === null) return;
  const { start, end, reason } = refusal;
  const shown = text.slice(start, end).trim();
  const quoted = /\p{C}/u.test(shown) || !shown ? "" : `: “${shown}”`;
  throw new UnreadableText(
    `This page does not read ${reason} (at character ${start + 1}${quoted}). ` +
      "The Python package and its service do.",
    { start, end },
  );
}
