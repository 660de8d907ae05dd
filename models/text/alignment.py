"""A text as it is read, aligned with the text as it was sent.

Reading replaces pieces of a text: `&amp;` by `&`, a soft hyphen by nothing, `👍` by `thumbs up`.
Every character of the read text keeps the span of the original text that it stands for, so that a
token of the read text has an exact place in the original, whatever was replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32


@dataclass(frozen=True)
class Edit:
    """Replace the characters `start` to `end` of a text by `replacement`."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True)
class AlignedText:
    """A text as it is read.

    Attributes:
        text: The text as it is read.
        starts: First character of the original that each character of `text` stands for; None if
            nothing has been replaced, so that each stands for itself.
        ends: One past the last such character; None likewise.
    """

    text: str
    starts: Int32[np.ndarray, " C"] | None = None
    ends: Int32[np.ndarray, " C"] | None = None

    def edited(self, edits: Iterable[Edit]) -> "AlignedText":
        """Return the text after some edits.

        Every character of a replacement stands for everything that was replaced.

        Args:
            edits: Edits of `text`, in order, without overlap, none of an empty span.
        """
        edits = list(edits)
        if not edits:
            return self
        text, starts, ends = self.text, self.starts, self.ends
        if starts is None or ends is None:
            starts = np.arange(len(text), dtype=np.int32)  # (C,)
            ends = starts + np.int32(1)  # (C,)
        pieces: list[str] = []
        from_parts: list[Int32[np.ndarray, " _"]] = []
        to_parts: list[Int32[np.ndarray, " _"]] = []
        position = 0
        for edit in edits:
            pieces += [text[position : edit.start], edit.replacement]
            from_parts.append(starts[position : edit.start])
            to_parts.append(ends[position : edit.start])
            count = len(edit.replacement)
            if count:
                from_parts.append(np.full(count, starts[edit.start], dtype=np.int32))
                to_parts.append(np.full(count, ends[edit.end - 1], dtype=np.int32))
            position = edit.end
        pieces.append(text[position:])
        from_parts.append(starts[position:])
        to_parts.append(ends[position:])
        return AlignedText("".join(pieces), np.concatenate(from_parts), np.concatenate(to_parts))

    def spans(
        self, starts: Int32[np.ndarray, " T"], ends: Int32[np.ndarray, " T"]
    ) -> tuple[Int32[np.ndarray, " T"], Int32[np.ndarray, " T"]]:
        """Return the spans of the original text that spans of the read text stand for.

        Spans do not overlap: of several tokens that stand for the same piece of the original, such
        as the two words of an emoji, the first has its span, and the others are empty at its end.

        Args:
            starts: First character of each token in the read text, in order.
            ends: One past its last character.
        """
        if self.starts is None or self.ends is None or not len(starts):
            return starts, ends
        first, last = self.starts[starts], self.ends[ends - 1]  # (T,) each
        reached = np.maximum.accumulate(last)  # (T,)
        first[1:] = np.maximum(first[1:], reached[:-1])
        return first, np.maximum(first, last)
