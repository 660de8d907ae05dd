/**
 * What this page does not read: texts of which the Python package would replace something before it
 * splits them into words. They are refused, with the place, instead of being read differently.
 *
 * Each pattern matches at least what the stage of the same name in `models/text/` looks for; some
 * match more. A text that none of them matches is split as it is, but for the characters of `folded`.
 *
 * @typedef {{ start: number, end: number, reason: string }} Refusal
 */

/** What is looked for in the text as it was sent: [what it is called, pattern]. @type {[string, RegExp][]} */
const AS_SENT = [
  ["HTML character references", /&(?:amp;)*(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/iu],
  [
    "characters that may have been decoded with the wrong encoding",
    /[\u00C2-\u00F4][\u0080-\u00BF\u0152-\u0192\u02C6\u02DC\u2013-\u2122]/u,
  ],
];

const FACES = [
  String.raw`(?::|=|8)[-^o']?[)\]}>]|\^_\^|\(:`,
  String.raw`;[-^]?[)\]D]`,
  String.raw`(?::|=|[xX])-?D+`,
  String.raw`(?::|=)[-^o]?[(\[{]|\):|T_T`,
  String.raw`:'-?[(]`,
  String.raw`(?::|=)-?[/\\|](?!/)|-_-`,
].join("|");

/** What is looked for once characters are folded: [what it is called, pattern]. @type {[string, RegExp][]} */
const AS_FOLDED = [
  ["markup, addresses and their signs", /[<>[\]*_~#@`\\]|:\/\/|www\./u],
  ["ratings out of 4, 5, 10 or 100, other than whole numbers such as 8/10",
    /(?<![\d/.,$£€-])(?!(?:\d|10)\/10(?![\d/]|[.,]\d))\d{1,3}(?:[.,]\d{1,2})?\s?\/\s?(?:5|10|100)(?![\d/]|[.,]\d)/u],
  ["ratings in words", /out\s+of\s+(?:a\s+possible\s+)?(?:4|5|10|four|five|ten|a\s+hundred)/iu],
  ["grades", /(?<![\w+'&-])[A-D][+-](?![\w+'-])/iu],
  ["grades",
    /(?:grade|rating|score|verdict)\s*(?:[:=-]|is|of)?\s*(?:an?\s+)?[A-DF](?=\s*(?:[.,;!)\n<]|$))/iu],
  ["emoticons", new RegExp(`(?<![^\\s.!?,])(?:${FACES})+(?=[\\s.!?,)]|$)`, "iu")],
];

/**
 * Return why a text is not read as it was sent, or null.
 * @param {string} text
 * @param {Record<string, string>} folded The characters beyond ASCII that are read, and how.
 * @returns {Refusal | null}
 */
export function refuseSent(text, folded) {
  let start = 0;
  for (const character of text) {
    if (!(/^[\t-\r -~]$/.test(character) || Object.hasOwn(folded, character))) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      const reason = `the character ${/\p{C}/u.test(character) ? "" : `“${character}” `}(U+${code})`;
      return { start, end: start + character.length, reason };
    }
    start += character.length;
  }
  return firstMatch(text, AS_SENT);
}

/**
 * Return why a text is not read whose characters are folded, or null.
 * @param {string} text
 */
export const refuseFolded = (text) => firstMatch(text, AS_FOLDED);

/**
 * @param {string} text
 * @param {[string, RegExp][]} patterns
 * @returns {Refusal | null}
 */
function firstMatch(text, patterns) {
  for (const [reason, pattern] of patterns) {
    const match = pattern.exec(text);
    if (match) return { start: match.index, end: match.index + match[0].length, reason };
  }
  return null;
}
