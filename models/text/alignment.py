"""A text as it is read, aligned with the text as it was sent.

Reading replaces pieces of a text: `&amp;` by `&`, a soft hyphen by nothing, `👍` by `thumbs up`.
Every character of the read text stands for a span of the original text, so that a token of the read
text has an exact place in the original, whatever was replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, no_type_check

import numba
import numpy as np
from jaxtyping import Int32

from gatewise.models.text.signs import find_signs

_compiled = numba.njit(nogil=True, cache=True)


class Edit(NamedTuple):
    """Replace the characters `start` to `end` of a text by `replacement`."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True)
class AlignedText:
    """A text as it is read.

    Attributes:
        text: The text as it is read.
        steps: What was edited, one array for each round of edits: start and end of each edit in the
            text before that round, and the length of its replacement.
    """

    text: str
    steps: tuple[Int32[np.ndarray, "_ 3"], ...] = ()

    @cached_property
    def signs(self) -> int:
        """The signs (`gatewise.models.text.signs`) that the text has."""
        return find_signs(self.text)

    def edited(self, edits: Iterable[Edit]) -> "AlignedText":
        """Return the text after some edits.

        Every character of a replacement stands for everything that was replaced.

        Args:
            edits: Edits of `text`, in order, without overlap, none of an empty span.
        """
        pieces: list[str] = []
        step: list[int] = []
        position = 0
        for start, end, replacement in edits:
            pieces += (self.text[position:start], replacement)
            step += (start, end, len(replacement))
            position = end
        if not step:
            return self
        pieces.append(self.text[position:])
        edited = np.array(step, dtype=np.int32).reshape(-1, 3)
        return AlignedText("".join(pieces), (*self.steps, edited))

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
        if not self.steps or not len(starts):
            return starts, ends
        first, last = starts.copy(), ends - np.int32(1)  # (T,) each
        for edits in reversed(self.steps):
            _undo(edits, first, last)
        last += 1
        reached = np.maximum.accumulate(last)  # (T,)
        first[1:] = np.maximum(first[1:], reached[:-1])
        return first, np.maximum(first, last)


@no_type_check
@_compiled
def _undo(edits, first, last):
    """Move positions in an edited text to those in the text before the edits.

    Args:
        edits: Start, end and length of replacement of each edit.
        first: First characters of tokens, in order; moved in place.
        last: Their last characters; moved in place.
    """
    for side in range(2):
        positions = last if side else first
        edit, growth = 0, 0
        for index in range(len(positions)):
            place = positions[index]
            while edit < len(edits) and place >= edits[edit, 0] + growth + edits[edit, 2]:
                growth += edits[edit, 2] - (edits[edit, 1] - edits[edit, 0])
                edit += 1
            if edit < len(edits) and place >= edits[edit, 0] + growth:
                positions[index] = edits[edit, 1] - 1 if side else edits[edit, 0]
            else:
                positions[index] = place - growth
