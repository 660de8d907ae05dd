"""Texts that no training stage may learn from, given by a file of their digests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gatewise.models.errors import DataError
from gatewise.training.text_digest import DIGITS, alphanumeric_key, digest, text_digest

_DIGEST = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
_LINE_BREAK = "<br />"
# The digests that come with the package: of texts that published tests use. No model that is
# released from 1.0 on has learned from them.
RESERVED = "reserved"
_RESERVED_FILE = Path(__file__).with_name("reserved.txt")


@dataclass(frozen=True)
class Exclusion:
    """The digests of texts that training may not read."""

    digests: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Digest of all digests."""
        return digest("".join(sorted(self.digests)))

    def excludes(self, text: str) -> bool:
        """Return whether a text is one of them, with or without HTML line breaks."""
        if not self.digests:
            return False
        if text_digest(text) in self.digests:
            return True
        plain = without_line_breaks(text)
        return plain != text and text_digest(plain) in self.digests

    def rows(self, texts: Iterable[str]) -> set[int]:
        """Return the positions of the excluded texts."""
        return {row for row, text in enumerate(texts) if self.excludes(text)}


def read_exclusion(path: str | Path | None) -> Exclusion:
    """Read a file with one digest a line. Empty lines, and those that begin with #, are skipped.

    Args:
        path: The file; `reserved` for the one of the package; or None, which excludes nothing.

    Raises:
        DataError: The file cannot be read, or a line is no digest.
    """
    if path is None:
        return Exclusion()
    file = _RESERVED_FILE if path == RESERVED else Path(path)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file of excluded texts {path} cannot be read: {error}.") from error
    digests = set()
    for number, line in enumerate(lines, start=1):
        written = line.strip().lower()
        if not written or written.startswith("#"):
            continue
        if not _DIGEST.fullmatch(written):
            raise DataError(
                f"{path}, line {number}: {line.strip()!r} is not a digest of {DIGITS} "
                "hexadecimal digits."
            )
        digests.add(written)
    return Exclusion(frozenset(digests))


def without_line_breaks(text: str) -> str:
    """Return a text with spaces in the place of HTML line breaks, which IMDb's reviews have."""
    return text.replace(_LINE_BREAK, " ")


def content_key(text: str) -> str:
    """Return the key that copies of a text share, also where line breaks were removed.

    A text without any ASCII letter or digit is its own key.
    """
    return alphanumeric_key(without_line_breaks(text)) or text
