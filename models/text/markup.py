"""Removes markup, addresses and tags, except for the words that a reader would see.

HTML tags and comments, Markdown, forum tags such as `[spoiler]`, and addresses (URLs, e-mail
addresses, @names) are left out; the words of a #tag are read one by one.
"""

import re
from collections.abc import Callable, Iterator

from gatewise.models.text.alignment import AlignedText, Edit

_SIGNS = ("<", "[", "*", "_", "~", "#", "@", "`", ">", "\\", "://", "www.")
_INLINE = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span
    strike strong sub sup time tt u var wbr
"""
_BLOCK = """
    address article aside audio base blockquote body br button caption center col colgroup dd
    details div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6
    head header hr html iframe img input label legend li link main map meta nav noscript object ol
    optgroup option p param picture pre script section select source spoiler style summary svg table
    tbody td template textarea tfoot th thead title tr track ul video
"""
_FORUM = "b i u s strike quote spoiler spoilers img url size color font code list center left right"


def _names(names: str) -> str:
    return "|".join(sorted(names.split(), key=len, reverse=True))


# What begins and ends so is left out with all that is inside.
_HIDDEN = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))
_ATTRIBUTES = r"(?:\s[^<>]*|/)?"
# The bracket comes first, so that the search goes from bracket to bracket.
_HTML = re.compile(
    rf"<(?:/?(?:{_names(_BLOCK)}){_ATTRIBUTES}>"
    rf"|!doctype[^<>]*>|(?P<inline>/?(?:{_names(_INLINE)}){_ATTRIBUTES}>))",
    re.IGNORECASE,
)
_FORUM_TAG = re.compile(rf"\[/?(?:{_names(_FORUM)})(?:=[^\[\]]*)?\]", re.IGNORECASE)
_LINK = re.compile(r"!?\[(?P<words>[^\[\]\n]+)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)")
_ADDRESS = re.compile(
    r"(?:https?|ftp)://[^\s<>\"]*[^\s<>\".,;:!?'()\[\]]"
    r"|\bwww\.[^\s<>\"]*[^\s<>\".,;:!?'()\[\]]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@])@\w{2,}"
)
_HASHTAG = re.compile(r"(?<![\w&#])#(?P<tag>[^\W\d]\w*)")
# GreatMovie2 → Great Movie 2; HBOShow → HBO Show.
_TAG_WORD = re.compile(r"[^\W\d_]?[^\WA-Z\d_]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")
_LINE_PREFIX = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?)+", re.MULTILINE)
_EMPHASIS = re.compile(
    # The sign comes first, so that the search goes from sign to sign.
    r"(?P<mark>[*_~`](?<![\w*~`].)(?:(?<=\*)\*{0,2}|(?<=_)_{0,2}|(?<=`)`{0,2}|(?<=~)~))"
    r"(?=[^\s*_~`])(?P<inner>[^\n]{1,400}?)"
    r"(?<=[^\s*_~`])(?P=mark)(?![\w*~`])"
)
_ESCAPE = re.compile(r"\\(?=[*_#\[\]`~>|\\])")


def remove_markup(aligned: AlignedText) -> AlignedText:
    """Leave markup and addresses out, and take #tags apart."""
    if not any(sign in aligned.text for sign in _SIGNS):
        return aligned
    for needs, edits in _STEPS:
        if needs in aligned.text:
            aligned = aligned.edited(edits(aligned.text))
    # Emphasis nests: `***word***`, `**_word_**`.
    while edits_left := list(_emphasis_edits(aligned.text)):
        aligned = aligned.edited(edits_left)
    return aligned


def _hidden_edits(text: str) -> Iterator[Edit]:
    lowered = text.lower()
    found = []
    for opening, closing in _HIDDEN:
        end = 0
        while (start := lowered.find(opening, end)) >= 0:
            end = lowered.find(closing, start)
            if end < 0:
                break
            end += len(closing)
            found.append((start, end))
    last = 0
    for start, end in sorted(found):
        if start >= last:
            yield Edit(start, end, " ")
            last = end


def _html_edits(text: str) -> Iterator[Edit]:
    for match in _HTML.finditer(text):
        yield Edit(match.start(), match.end(), "" if match["inline"] else " ")


def _forum_edits(text: str) -> Iterator[Edit]:
    for match in _FORUM_TAG.finditer(text):
        yield Edit(match.start(), match.end(), " ")


def _link_edits(text: str) -> Iterator[Edit]:
    for match in _LINK.finditer(text):
        yield Edit(match.start(), match.start("words"), "")
        yield Edit(match.end("words"), match.end(), "")


def _address_edits(text: str) -> Iterator[Edit]:
    for match in _ADDRESS.finditer(text):
        yield Edit(match.start(), match.end(), " ")


def _hashtag_edits(text: str) -> Iterator[Edit]:
    for match in _HASHTAG.finditer(text):
        yield Edit(match.start(), match.start("tag"), "")
        end = match.start("tag")
        for word in _TAG_WORD.finditer(text, *match.span("tag")):
            if word.start() > match.start("tag"):
                yield Edit(end, word.start(), " ")
            end = word.end()
        if end < match.end():
            yield Edit(end, match.end(), " ")


def _prefix_edits(text: str) -> Iterator[Edit]:
    for match in _LINE_PREFIX.finditer(text):
        yield Edit(match.start(), match.end(), "")


def _escape_edits(text: str) -> Iterator[Edit]:
    for match in _ESCAPE.finditer(text):
        yield Edit(match.start(), match.end(), "")


def _emphasis_edits(text: str) -> Iterator[Edit]:
    if not any(mark in text for mark in "*_~`"):
        return
    for match in _EMPHASIS.finditer(text):
        yield Edit(match.start(), match.start("inner"), "")
        yield Edit(match.end("inner"), match.end(), "")


_STEPS: tuple[tuple[str, Callable[[str], Iterator[Edit]]], ...] = (
    ("<", _hidden_edits),
    ("<", _html_edits),
    ("[", _forum_edits),
    ("](", _link_edits),
    ("://", _address_edits),
    ("www.", _address_edits),
    ("@", _address_edits),
    ("#", _prefix_edits),
    (">", _prefix_edits),
    ("#", _hashtag_edits),
    ("\\", _escape_edits),
)
