"""Emoticons as words: `:-)` is read as `happy`, `<3` as `love`.

`:-(` is `disappointing`, not `sad`, which reviewers say of good films, too.
"""

import re
from collections.abc import Iterator

from gatewise.models.text.alignment import AlignedText, Edit
from gatewise.models.text.signs import FACE

_WORDS = {
    "happy": r"(?::|=|8)[-^o']?[)\]}>]|\^_\^|\(:",
    "wink": r";[-^]?[)\]D]",
    "laughing": r"(?::|=|[xX])-?D+",
    "disappointing": r"(?::|=)[-^o]?[(\[{]|\):|T_T",
    "crying": r":'-?[(]",
    "annoyed": r"(?::|=)-?[/\\|](?!/)|-_-",
    "love": r"<3+",
    "heartbroken": r"</3",
}
# Where one may begin: at the beginning, or after white space or the end of a sentence.
_BEGINNING = re.compile(r"[:=;8xXtT^(<)-](?<![^\s.!?,].)")
_EMOTICON = re.compile(
    r"(?:"
    + "|".join(f"(?P<{word}>{pattern})" for word, pattern in _WORDS.items())
    + r")+(?=[\s.!?,)]|\Z)",
    re.IGNORECASE,
)


def read_emoticons(aligned: AlignedText) -> AlignedText:
    """Read emoticons that stand by themselves as words."""
    if not aligned.signs & FACE:
        return aligned
    return aligned.edited(_edits(aligned.text))


def _edits(text: str) -> Iterator[Edit]:
    end = 0
    for beginning in _BEGINNING.finditer(text):
        match = _EMOTICON.match(text, beginning.start())
        if match and match.start() >= end:
            end = match.end()
            yield Edit(match.start(), end, f" {match.lastgroup} ")
