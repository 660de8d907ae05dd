"""Finds, in one compiled pass, which signs of a text have to be read in stages of their own.

Most texts have few of them, so most stages need not search a text at all. A sign may be found where
a stage then finds nothing to read; it is never missed.
"""

from typing import no_type_check

import numba
import numpy as np

CONTROL = 1
"""A control character of ASCII other than white space."""
C1 = 2
"""A control character from U+0080 to U+009F."""
MOJIBAKE = 4
"""Two characters that may be UTF-8 decoded as Latin-1 or Windows-1252."""
LOOK_ALIKE = 8
"""A Greek or Cyrillic letter."""
STAR = 16
"""A star or one half, as in `★★★½`."""
FRACTION = 32
"""A slash that 5, 10 or 100 may follow."""
GRADE = 64
"""A letter from A to D before a plus or minus, as in `B+`."""
FACE = 0x1F80
"""What an emoticon begins with: one bit for each row of pairs below."""

# A sign of ASCII: its first character, and the one that follows.
_PAIRS = (
    (FRACTION, "/", "15 \t\n\r\f\v\x1c\x1d\x1e\x1f"),
    (GRADE, "ABCDabcd", "+-"),
    (0x80, ":=;8", "-^oO'()[]{}dD/\\|>"),
    (0x100, "^-Tt", "_"),
    (0x200, "xX", "dD"),
    (0x400, "8()", "):"),
    (0x800, "<", "3/"),
    (0x1000, "xX:=", "-"),
)
_FIRST, _SECOND = np.zeros((2, 128), dtype=np.int64)
for _sign, _firsts, _seconds in _PAIRS:
    _FIRST[list(map(ord, _firsts))] |= _sign
    _SECOND[list(map(ord, _seconds))] |= _sign
_CONTROLS = np.array([chr(code) < " " and not "\t" <= chr(code) <= "\r" for code in range(128)])
_CONTROLS[0x7F] = True
RATING_SIGNS = frozenset("★⭐☆✭✮✯½✰🌟")
"""The characters of `STAR`."""
_ASCII, _LAST = 0x80, 0x10FFFF
# A sign outside of ASCII: the range of the character before it, and of its own.
_RANGES = np.array(
    [
        (C1, 0, _LAST, 0x80, 0x9F),
        # What `_MOJIBAKE` in `characters` matches: a lead byte of UTF-8 and a later one.
        (MOJIBAKE, 0xC2, 0xF4, 0x80, 0xBF),
        (MOJIBAKE, 0xC2, 0xF4, 0x152, 0x192),
        (MOJIBAKE, 0xC2, 0xF4, 0x2C6, 0x2C6),
        (MOJIBAKE, 0xC2, 0xF4, 0x2DC, 0x2DC),
        (MOJIBAKE, 0xC2, 0xF4, 0x2013, 0x2122),
        (LOOK_ALIKE, 0, _LAST, 0x370, 0x52F),
        (FRACTION, ord("/"), ord("/"), _ASCII, _LAST),  # it may be white space
        *((STAR, 0, _LAST, ord(star), ord(star)) for star in sorted(RATING_SIGNS)),
    ],
    dtype=np.int64,
)


def find_signs(text: str) -> int:
    """Return the signs of a text, as a sum of this module's constants."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return int(_find(letters, _FIRST, _SECOND, _CONTROLS, _RANGES))


@no_type_check
@numba.njit(nogil=True, cache=True)
def _find(letters, first, second, controls, ranges):
    signs = 0
    before = np.uint32(0)
    for code in letters:
        if code < _ASCII:
            if before < _ASCII:
                signs |= first[before] & second[code]
            if controls[code]:
                signs |= CONTROL
        else:
            for sign, low_before, high_before, low, high in ranges:
                if low <= code <= high and low_before <= before <= high_before:
                    signs |= sign
        before = code
    return signs
