"""Replaces characters that look or mean the same by one: Unicode forms, quotes, dashes.

A text may spell `film` with full-width letters, with a ligature, with a soft hyphen inside, in
mathematical bold, or with a Cyrillic letter that looks like a Latin one. It is read as `film`.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import emoji
import regex

from gatewise.models.text.alignment import AlignedText, Edit
from gatewise.models.text.signs import C1, CONTROL, LOOK_ALIKE, MOJIBAKE, RATING_SIGNS, STAR

_FOREIGN = re.compile(r"[^\x00-\x7F]+")
_CLUSTER = regex.compile(r"\X")  # a grapheme cluster: one letter with its accents, one emoji
_CONTROLS = re.compile(r"[\x01-\x08\x0E-\x1F\x7F]+")
# Runs that look like UTF-8 read as Latin-1 or Windows-1252: a lead byte and what follows it.
_MOJIBAKE = re.compile(r"[\u00C2-\u00F4][\u0080-\u00BF\u0152-\u0192\u02C6\u02DC\u2013-\u2122]+")
_C1 = re.compile(r"[\x80-\x9F]")
_ENTITY = re.compile(r"&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A word with letters of more than one script, one of them Latin.
_MIXED = regex.compile(
    r"(?=[\p{L}\p{M}]*\p{Latin})(?=[\p{L}\p{M}]*[\p{Greek}\p{Cyrillic}])[\p{L}\p{M}]+"
)
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u00b4\u2032\u2035\uff07\u055a"
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u300c\u300d"
_DASHES = "\u2010\u2011\u2012\u2013\u2212\u2043\ufe63"
_LONG_DASHES = "\u2014\u2015\ufe58"
FOLDED = str.maketrans(
    {
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_QUOTES, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_LONG_DASHES, "--"),
        "\u2024": ".",
        "\u2044": "/",
        "\u2022": "*",
        "\u0130": "I",  # the only character whose lower case is two characters
    }
)
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[`\u00B4](?=[^\W\d_])")
# Longer runs of characters outside of ASCII are seldom seen twice.
_SHORT = 8
# Emoji whose names reviewers write in other senses: a film with a "broken heart" may be a good one.
_VERDICTS = {"👎": "bad", "💔": "disappointing", "🎬": "film"}
_EMOJI_NOISE = re.compile(r"\b(?:face|with|sign|button|symbol|light|medium|dark|skin|tone)\b|[-_:]")


def decode_entities(aligned: AlignedText) -> AlignedText:
    """Replace HTML character references by their characters, also those that were escaped twice."""
    if "&" not in aligned.text:
        return aligned
    return aligned.edited(_entity_edits(aligned.text))


def fold_characters(aligned: AlignedText) -> AlignedText:
    """Read every character in its plain form, but those of ratings (`fold_rating_signs`).

    Unicode is normalised (NFKC) one grapheme cluster at a time, invisible characters are dropped,
    quotes and dashes are folded to those of ASCII, emoji become words, characters that were decoded
    with the wrong encoding are repaired, and Greek or Cyrillic letters in a Latin word become the
    Latin letters that they look like.
    """
    if aligned.signs & CONTROL:
        aligned = aligned.edited(_replace(_CONTROLS, aligned.text, ""))
    if not aligned.text.isascii():
        if aligned.signs & (MOJIBAKE | C1):
            aligned = aligned.edited(_repaired(aligned.text))
        has_look_alikes = aligned.signs & LOOK_ALIKE
        aligned = aligned.edited(_plain_edits(aligned.text, kept=RATING_SIGNS))
        if has_look_alikes:
            aligned = aligned.edited(_look_alikes(aligned.text))
    if "`" in aligned.text:
        aligned = aligned.edited(_replace(_APOSTROPHE, aligned.text, "'"))
    return aligned


def fold_rating_signs(aligned: AlignedText) -> AlignedText:
    """Read the stars and halves that belong to no rating in their plain form, too."""
    if not aligned.signs & STAR:
        return aligned
    return aligned.edited(_plain_edits(aligned.text, kept=frozenset()))


def _replace(pattern: re.Pattern[str], text: str, replacement: str) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        yield Edit(match.start(), match.end(), replacement)


def _entity_edits(text: str) -> Iterator[Edit]:
    for match in _ENTITY.finditer(text):
        entity = match[0]
        while (decoded := html.unescape(entity)) != entity:
            entity = decoded
        if entity != match[0] and "\0" not in entity:
            yield Edit(match.start(), match.end(), entity)


def _repaired(text: str) -> Iterator[Edit]:
    """Repair text that was decoded with the wrong encoding, and C1 controls."""
    import ftfy  # noqa: PLC0415  # few texts need it, and it is slow to import

    last = 0
    for match in _MOJIBAKE.finditer(text):
        fixed = ftfy.fix_encoding(match[0])
        if fixed != match[0]:
            yield from _c1_edits(text, last, match.start())
            yield Edit(match.start(), match.end(), fixed)
            last = match.end()
    yield from _c1_edits(text, last, len(text))


def _c1_edits(text: str, start: int, end: int) -> Iterator[Edit]:
    for match in _C1.finditer(text, start, end):
        # Browsers read these bytes as Windows-1252; the five that it leaves undefined are dropped.
        decoded = match[0].encode("latin-1").decode("cp1252", errors="ignore")
        yield Edit(match.start(), match.end(), decoded)


def _plain_edits(text: str, *, kept: frozenset[str]) -> Iterator[Edit]:
    for match in _FOREIGN.finditer(text):
        start, run = match.span()[0], match[0]
        if start and _continues_cluster(run[0]):
            start -= 1  # an accent, say, on a letter of ASCII
            run = text[start] + run
        plain = _plain_run(run, kept) if len(run) <= _SHORT else _run_edits(run, kept)
        for first, last, replacement in plain:
            yield Edit(start + first, start + last, replacement)


def _run_edits(run: str, kept: frozenset[str]) -> tuple[Edit, ...]:
    """Return the edits that make a run of characters plain, one grapheme cluster at a time.

    Args:
        run: The characters.
        kept: Clusters that begin with one of these are left as they are.
    """
    return tuple(
        Edit(match.start(), match.end(), plain)
        for match in _CLUSTER.finditer(run)
        if match[0][0] not in kept and (plain := _plain(match[0])) != match[0]
    )


_plain_run = lru_cache(maxsize=8192)(_run_edits)


@lru_cache(maxsize=8192)
def _continues_cluster(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in "\u200c\u200d"


@lru_cache(maxsize=8192)
def _plain(cluster: str) -> str:
    """Return the plain form of one grapheme cluster."""
    if words := _emoji_words(cluster):
        return f" {words} "
    visible = "".join(c for c in cluster if not _is_invisible(c))
    return unicodedata.normalize("NFKC", visible.translate(FOLDED)).translate(FOLDED)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def _emoji_words(cluster: str) -> str:
    """Return the name of an emoji as words, without its skin tone; empty if it is none."""
    bare = cluster.replace("\ufe0f", "")
    if bare[:1] in _VERDICTS:
        return _VERDICTS[bare[0]]
    for form in (cluster, bare, bare + "\ufe0f"):
        if emoji.is_emoji(form):
            name = emoji.demojize(form, delimiters=("", ""))
            return " ".join(_EMOJI_NOISE.sub(" ", name.replace("_", " ")).split())
    return ""


def _look_alikes(text: str) -> Iterator[Edit]:
    for match in _MIXED.finditer(text):
        word = match[0]
        plain = "".join(map(_latin, word))
        if plain != word:
            yield Edit(match.start(), match.end(), plain)


@cache
def _latin(character: str) -> str:
    """Return the Latin letter that a Greek or Cyrillic one looks like, or the character itself."""
    if character.isascii():
        return character
    from confusable_homoglyphs import confusables  # noqa: PLC0415  # as slow, as seldom needed

    found = confusables.is_confusable(character, preferred_aliases=["latin"]) or []
    for entry in found:
        for look_alike in entry["homoglyphs"]:
            if (
                len(look_alike["c"]) == 1
                and look_alike["c"].isascii()
                and look_alike["c"].isalpha()
            ):
                return str(look_alike["c"])
    return character
