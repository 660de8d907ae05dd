"""One sentence of the page that figures must bear out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Statement:
    """A sentence of the page, and the condition under which it is true.

    Attributes:
        claim: The claim whose figures it describes.
        text: A part of the template, word by word.
        holds: The condition on the figures of the claim.
    """

    claim: str
    text: str
    holds: Callable[[Any], bool]

    def is_true(self, values: Any) -> bool:
        """Return whether the condition holds; False if a figure or its interval does not exist."""
        try:
            return self.holds(values)
        except (KeyError, TypeError):
            return False
