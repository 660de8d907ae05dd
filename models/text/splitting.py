"""Words of a text and their ids, in one compiled pass over its characters.

The rules, tried in this order at every position that is not white space:

    number      3, 7.5, 1,000, 8/10; not if a letter follows: `90s` is a word
    clitic      's 're 've 'll 'd 'm are tokens of their own, so that `movie's` is `movie` + `'s`
    word        letters, marks and digits, with inner apostrophes kept: `don't`, `o'hara`
    ellipsis    two or more dots
    anything else is a token of one character

They are those of the pattern in `gatewise.models.tokenizer`, which the `tokenizers` library runs
from tokenizer.json. This code is ten times as fast and releases the GIL.
"""

import unicodedata
from functools import cache
from typing import no_type_check

import numba
import numpy as np
from jaxtyping import Int32, UInt8, UInt32

_OTHER, _SPACE, _LETTER, _NUMBER = 0, 1, 2, 3
# Categories beyond are not looked up: from here on there are ideographs, and little else.
_TABLE_SIZE = 0x20000
_APOSTROPHE, _DOT, _COMMA, _SLASH = ord("'"), ord("."), ord(","), ord("/")
_D, _E, _L, _M, _R, _S, _V = map(ord, "delmrsv")
_TWO = 2
# So many letters of seven bits are packed into a key, whose highest bit marks a hash.
_MOST_PACKED, _ASCII, _HASHED = 8, 0x80, np.uint64(1 << 63)
_compiled = numba.njit(nogil=True, cache=True)


@cache
def character_classes() -> UInt8[np.ndarray, " _"]:
    """Return the class of every character below 0x20000: other, space, letter or mark, number."""
    characters = list(map(chr, range(_TABLE_SIZE)))
    categories = "".join(map(unicodedata.category, characters)).encode()  # two letters of each
    first_letters = np.frombuffer(categories, dtype=np.uint8)[::2]  # (_TABLE_SIZE,)
    of_letter = np.full(128, _OTHER, dtype=np.uint8)
    of_letter[[ord("L"), ord("M"), ord("N")]] = _LETTER, _LETTER, _NUMBER
    classes = of_letter[first_letters]
    classes[list(map(str.isspace, characters))] = _SPACE
    classes[0x1C:0x20] = _OTHER  # separators, which only Python counts as spaces
    return classes


def code_points(text: str) -> UInt32[np.ndarray, " C"]:
    """Return the code points of a text in lower case, as many as the text has characters."""
    return np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


class WordTable:
    """The vocabulary as a hash table that compiled code reads."""

    def __init__(self, words: list[str]) -> None:
        """Build the table.

        Args:
            words: The vocabulary in the order of its ids.
        """
        self._letters = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)
        lengths = np.array([0, *map(len, words)], dtype=np.int64)
        self._starts = np.cumsum(lengths)  # (V + 1,)
        self._keys = np.empty(len(words), dtype=np.uint64)
        self._slots = np.full(1 << (2 * len(words)).bit_length(), -1, dtype=np.int32)
        _fill(self._letters, self._starts, self._keys, self._slots)
        self._classes = character_classes()
        self._words = words

    def __reduce__(self) -> tuple[type["WordTable"], tuple[list[str]]]:
        """Pickle the vocabulary alone."""
        return WordTable, (self._words,)

    def split(
        self, text: str, *, unknown: int
    ) -> tuple[Int32[np.ndarray, " T"], Int32[np.ndarray, " T"], Int32[np.ndarray, " T"]]:
        """Split a text into tokens.

        Returns:
            The id of every token, its first character, and one past its last.
        """
        letters = code_points(text)
        tokens = np.empty((3, len(letters)), dtype=np.int32)
        count = _split(
            letters,
            self._classes,
            self._letters,
            self._starts,
            self._keys,
            self._slots,
            unknown,
            tokens,
        )
        ids, starts, ends = tokens[:, :count].copy()
        return ids, starts, ends


@no_type_check
@_compiled
def _key(letters, start, end):
    """Return a number for a word: its letters, if it is short and of ASCII, otherwise a hash."""
    if end - start <= _MOST_PACKED:
        packed, all_bits = np.uint64(0), np.uint32(0)
        for index in range(start, end):
            all_bits |= letters[index]
            packed = (packed << np.uint64(8)) | np.uint64(letters[index])
        if all_bits < _ASCII:
            return packed
    value = np.uint64(14695981039346656037)  # FNV-1a, a code point at a time
    for index in range(start, end):
        value = (value ^ np.uint64(letters[index])) * np.uint64(1099511628211)
    return value | _HASHED


@no_type_check
@_compiled
def _first_slot(key, slots):
    mixed = key * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, TAOCP 3, 6.4)
    return (mixed ^ (mixed >> np.uint64(32))) & np.uint64(len(slots) - 1)


@no_type_check
@_compiled
def _fill(letters, starts, keys, slots):
    mask = np.uint64(len(slots) - 1)
    for word in range(len(starts) - 1):
        keys[word] = _key(letters, starts[word], starts[word + 1])
        slot = _first_slot(keys[word], slots)
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = word


@no_type_check
@_compiled
def _find(letters, start, end, vocabulary, starts, keys, slots, unknown):
    """Return the id of a word, or `unknown`."""
    mask = np.uint64(len(slots) - 1)
    key = _key(letters, start, end)
    slot = _first_slot(key, slots)
    while slots[slot] >= 0:
        word = slots[slot]
        if keys[word] == key and (
            key < _HASHED or _equal(vocabulary, starts[word], starts[word + 1], letters, start, end)
        ):
            return word
        slot = (slot + np.uint64(1)) & mask
    return unknown


@no_type_check
@_compiled
def _equal(vocabulary, first, last, letters, start, end):
    """Return whether two spans have the same letters."""
    if last - first != end - start:
        return False
    for offset in range(end - start):
        if vocabulary[first + offset] != letters[start + offset]:
            return False
    return True


@no_type_check
@_compiled
def _class(letters, index, classes):
    if index >= len(letters):
        return _SPACE
    code = letters[index]
    return classes[code] if code < len(classes) else _LETTER


@no_type_check
@_compiled
def _run(letters, index, classes, only_numbers):
    """Return where the run of letters and numbers, or of numbers alone, from `index` on ends."""
    while index < len(letters):
        kind = _class(letters, index, classes)
        if kind == _NUMBER or (kind == _LETTER and not only_numbers):
            index += 1
        else:
            break
    return index


@no_type_check
@_compiled
def _number_end(letters, start, classes):
    """Return the end of the number at `start`, or `start` if there is none."""
    end = _run(letters, start, classes, True)
    if end == start:
        return start
    while end < len(letters) and (
        letters[end] == _DOT or letters[end] == _COMMA or letters[end] == _SLASH
    ):
        more = _run(letters, end + 1, classes, True)
        if more == end + 1:
            break
        end = more
    return start if _class(letters, end, classes) == _LETTER else end


@no_type_check
@_compiled
def _clitic_end(letters, start, classes):
    """Return the end of the clitic at the apostrophe `start`, or `start` if there is none."""
    end = _run(letters, start + 1, classes, False)
    length = end - start - 1
    first = letters[start + 1] if length >= 1 else np.uint32(0)
    second = letters[start + 2] if length == _TWO else np.uint32(0)
    if length == 1 and (first == _S or first == _D or first == _M):  # noqa: PLR1714, SIM109
        return end
    if length == _TWO and second == _E and (first == _R or first == _V):  # noqa: PLR1714, SIM109
        return end
    if length == _TWO and first == _L and second == _L:
        return end
    return start


@no_type_check
@_compiled
def _word_end(letters, start, classes):
    end = _run(letters, start, classes, False)
    while end > start and end < len(letters) and letters[end] == _APOSTROPHE:
        more = _run(letters, end + 1, classes, False)
        if more == end + 1 or _clitic_end(letters, end, classes) > end:
            break
        end = more
    return end


@no_type_check
@_compiled
def _token_end(letters, start, classes):
    kind = _class(letters, start, classes)
    if kind == _NUMBER:
        end = _number_end(letters, start, classes)
        if end > start:
            return end
    if letters[start] == _APOSTROPHE:
        end = _clitic_end(letters, start, classes)
        if end > start:
            return end
    if kind >= _LETTER:
        return _word_end(letters, start, classes)
    end = start + 1
    if letters[start] == _DOT:
        while end < len(letters) and letters[end] == _DOT:
            end += 1
    return end


@no_type_check
@_compiled
def _split(letters, classes, vocabulary, starts, keys, slots, unknown, tokens):
    """Write ids, starts and ends of all tokens; return how many there are."""
    count = 0
    position = 0
    while position < len(letters):
        if _class(letters, position, classes) == _SPACE:
            position += 1
            continue
        end = _token_end(letters, position, classes)
        tokens[0, count] = _find(letters, position, end, vocabulary, starts, keys, slots, unknown)
        tokens[1, count] = position
        tokens[2, count] = end
        count += 1
        position = end
    return count
