"""Alignment of two texts: which token of one corresponds to which token of the other.

The matched tokens are a longest common subsequence, computed with one big integer for each token of
the first text (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"). The time is
proportional to the product of both lengths, divided by the bits of a machine word; Python's
`difflib` takes up to cubic time.

    V_0 = …111    U = V_{i-1} & M[a_i]    V_i = (V_{i-1} + U) | (V_{i-1} − U)

M[a] has a bit for every position of a in the second text. A bit of V_i is 0 where this position
lengthens the longest common subsequence with the first i tokens.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gatewise.models.tokenizer import Encoding

Kind = Literal["same", "changed", "removed", "added"]


@dataclass(frozen=True)
class Pair:
    """One row of an alignment.

    Attributes:
        kind: "same", "changed", "removed" from the first text, or "added" in the second.
        first: Position in the first text; None if the token was added.
        second: Position in the second text; None if the token was removed.
    """

    kind: Kind
    first: int | None
    second: int | None


def align(first: Encoding, second: Encoding) -> list[Pair]:
    """Align the tokens of two texts.

    Tokens are the same if they have the same word id, as "Film" and "film"; unknown words must also
    have the same spelling, although they share an id. Between two matches, tokens are paired in
    order as "changed", and the rest is "removed" or "added".

    Args:
        first: The first text.
        second: The second text.

    Returns:
        The rows, in which every token of both texts occurs once, in order.
    """
    pairs: list[Pair] = []
    next_first = next_second = 0
    ends = (len(first), len(second))
    for one, other in [*_longest_common_subsequence(_keys(first), _keys(second)), ends]:
        pairs += _pair_unmatched(range(next_first, one), range(next_second, other))
        if (one, other) != ends:
            pairs.append(Pair("same", one, other))
        next_first, next_second = one + 1, other + 1
    return pairs


def _keys(encoding: Encoding) -> list[Hashable]:
    """Return what tokens are compared by: the word id, or the spelling of an unknown word."""
    ids, known = encoding.ids.tolist(), encoding.known.tolist()
    return [
        word_id if is_known else encoding.word(position).lower()
        for position, (word_id, is_known) in enumerate(zip(ids, known, strict=True))
    ]


def _longest_common_subsequence(
    first: Sequence[Hashable], second: Sequence[Hashable]
) -> list[tuple[int, int]]:
    """Return the positions, in both sequences, of a longest common subsequence."""
    positions: dict[Hashable, int] = {}  # M
    for position, key in enumerate(second):
        positions[key] = positions.get(key, 0) | 1 << position
    full = (1 << len(second)) - 1
    rows = [full]  # V_0, V_1, …
    for key in first:
        row = rows[-1]
        common = row & positions.get(key, 0)  # U
        rows.append(((row + common) | (row - common)) & full)
    matches = []
    one, other = len(first), len(second)
    while one and other:
        bit = 1 << (other - 1)
        if rows[one] & bit:
            other -= 1
        elif rows[one - 1] & bit:
            one, other = one - 1, other - 1
            matches.append((one, other))
        else:
            one -= 1
    return matches[::-1]


def _pair_unmatched(first: range, second: range) -> Iterator[Pair]:
    """Pair the tokens between two matches."""
    for one, other in zip(first, second, strict=False):
        yield Pair("changed", one, other)
    for one in first[len(second) :]:
        yield Pair("removed", one, None)
    for other in second[len(first) :]:
        yield Pair("added", None, other)
