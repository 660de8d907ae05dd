"""Two texts side by side: which token of the one stands for which of the other.

As many tokens as can be are matched in order: a longest common subsequence, found with one big
integer for each token of the first text (Hyyrö 2004, "Bit-parallel LCS-length computation
revisited"). That takes the product of both lengths, a machine word of tokens at a time, whatever
the texts; Python's `difflib` takes up to the cube of them.

    V_0 = …111    U = V_{i-1} & M[a_i]    V_i = (V_{i-1} + U) | (V_{i-1} − U)

M[a] has a bit for every place of the second text that reads a. A bit of V_i that is 0 says that
this place lengthens the longest common subsequence with the first i tokens.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from models.tokenizer import Encoding

Kind = Literal["same", "changed", "removed", "added"]


@dataclass(frozen=True)
class Pair:
    """One row of an alignment: positions in the first and in the second text, None where none."""

    kind: Kind
    first: int | None
    second: int | None


def align(first: Encoding, second: Encoding) -> list[Pair]:
    """Align the tokens of two texts. Every token of both occurs once, in order.

    Tokens are the same if the network reads the same word: "Film" and "film" are; two unknown words
    of different spelling are not, though both are read as one. Where a run of tokens stands for
    another, they go in pairs, and what is left over is removed or added.
    """
    pairs: list[Pair] = []
    at_first = at_second = 0
    ends = (len(first), len(second))
    for one, other in [*_matches(_reading(first), _reading(second)), ends]:
        pairs += _gap(range(at_first, one), range(at_second, other))
        if (one, other) != ends:
            pairs.append(Pair("same", one, other))
        at_first, at_second = one + 1, other + 1
    return pairs


def _reading(encoding: Encoding) -> list[Hashable]:
    """Name each token by what makes it the same as another: its id, or the unknown word."""
    ids, known = encoding.ids.tolist(), encoding.known.tolist()
    return [
        token if is_known else encoding.word(place).lower()
        for place, (token, is_known) in enumerate(zip(ids, known, strict=True))
    ]


def _matches(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Answer the places of a longest common subsequence, in order."""
    places: dict[Hashable, int] = {}
    for place, token in enumerate(second):
        places[token] = places.get(token, 0) | 1 << place
    full = (1 << len(second)) - 1
    rows = [full]
    for token in first:
        row = rows[-1]
        common = row & places.get(token, 0)
        rows.append(((row + common) | (row - common)) & full)
    found = []
    one, other = len(first), len(second)
    while one and other:
        bit = 1 << (other - 1)
        if rows[one] & bit:
            other -= 1
        elif rows[one - 1] & bit:
            one, other = one - 1, other - 1
            found.append((one, other))
        else:
            one -= 1
    return found[::-1]


def _gap(first: range, second: range) -> Iterator[Pair]:
    """Pair what stands between two matches."""
    for one, other in zip(first, second, strict=False):
        yield Pair("changed", one, other)
    for one in first[len(second) :]:
        yield Pair("removed", one, None)
    for other in second[len(first) :]:
        yield Pair("added", None, other)
