"""A word in its context, for the results of a search."""

import re

from gatewise.models.tokenizer import Encoding

# Words on either side: enough to recognize a phrase, and too few to reproduce the review.
WORDS = 6
_LONGEST = 80  # characters of each part
_GAPS = re.compile(r"(?:<br\s*/?>|\s)+")


def context(encoding: Encoding, token: int) -> tuple[str, str, str]:
    """Return the text before a token, the token, and the text after it, without line breaks.

    Args:
        encoding: The tokenized text.
        token: Position of the token.
    """
    text, start, end = encoding.text, int(encoding.starts[token]), int(encoding.ends[token])
    first = int(encoding.starts[max(0, token - WORDS)])
    last = int(encoding.ends[min(len(encoding) - 1, token + WORDS)])
    before, word, after = (
        _GAPS.sub(" ", part) for part in (text[first:start], text[start:end], text[end:last])
    )
    if len(before) > _LONGEST:
        before = "…" + before[-_LONGEST:]
    return before, _shorten(word), _shorten(after)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
