"""Digests by which copies of a text are recognised, whatever their case, spacing and punctuation.

A digest is the first 20 hexadecimal digits of the SHA-256 of a text's key: its ASCII letters and
digits, in lower case.
"""

import hashlib
import re

DIGITS = 20
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")


def text_digest(text: str) -> str:
    """Return the digest of a text."""
    return digest(alphanumeric_key(text))


def digest(key: str) -> str:
    """Return the digest of a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:DIGITS]


def alphanumeric_key(text: str) -> str:
    """Return the ASCII letters and digits of a text, in lower case."""
    return _NOT_IN_KEY.sub("", text.lower())
