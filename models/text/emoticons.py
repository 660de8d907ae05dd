"""Emoticons as words: `:-)` is read as `happy`, `<3` as `love`."""

import re
from collections.abc import Iterator

from gatewise.models.text.alignment import AlignedText, Edit

_WORDS = {
    "happy": r"(?::|=|8)[-^o']?[)\]}>]|\^_\^|\(:",
    "wink": r";[-^]?[)\]D]",
    "laughing": r"(?::|=|[xX])-?D+",
    "sad": r"(?::|=)[-^o]?[(\[{]|\):|T_T",
    "crying": r":'-?[(]",
    "annoyed": r"(?::|=)-?[/\\|](?!/)|-_-",
    "love": r"<3+",
    "heartbroken": r"</3",
}
_EMOTICON = re.compile(
    r"(?:(?<=\s)|(?<=[.!?,])|\A)(?:"
    + "|".join(f"(?P<{word}>{pattern})" for word, pattern in _WORDS.items())
    + r")+(?=[\s.!?,)]|\Z)",
    re.IGNORECASE,
)
# What an emoticon has at least: so most texts are not searched for a whole one.
_FACE = re.compile(r"[:=;][-^o']?[()\[\]{}dD/\\|>]")
_OTHERS = ("<3", "</3", "^_^", "-_-", "T_T", "XD", "xD", "xd", "8)", "(:", "):")


def read_emoticons(aligned: AlignedText) -> AlignedText:
    """Read emoticons that stand by themselves as words."""
    text = aligned.text
    if not (_FACE.search(text) or any(sign in text for sign in _OTHERS)):
        return aligned
    return aligned.edited(_edits(text))


def _edits(text: str) -> Iterator[Edit]:
    for match in _EMOTICON.finditer(text):
        yield Edit(match.start(), match.end(), f" {match.lastgroup} ")
