"""The options `--add` and `--mix`: which labelled texts a run adds, and how many of each it reads.

Importing this module loads neither PyTorch nor NumPy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

AddedName = Literal["cad", "sst", "augmented", "edited"]
# Sources that are made, so many texts of them, instead of read.
_MADE = ("augmented", "edited")
_EDITED_TEXTS = 6_000  # unless a number is given
_AMOUNT = re.compile(r"(?P<name>[^=]+)=(?:(?P<times>\d+(?:\.\d+)?)x|(?P<count>\d+))")


@dataclass(frozen=True)
class AddedOption:
    """One value of the option `--add`: a name, and after an equals sign what it is read from.

    Attributes:
        name: The source.
        place: Folder of a copy (`cad`, `sst`), or number of texts (`augmented`, `edited`), or None.
    """

    name: AddedName
    place: str | None

    @classmethod
    def parse(cls, written: str) -> "AddedOption":
        """Parse a value.

        Raises:
            ValueError: The name is unknown, or a number of texts is not one.
        """
        name, _, place = written.partition("=")
        if name not in get_args(AddedName):
            raise ValueError(f"must be one of {', '.join(get_args(AddedName))}, got {name!r}")
        if name in _MADE and place and not (place.isdecimal() and int(place)):
            raise ValueError(f"must be a number of texts after {name}=, got {place!r}")
        return cls(name, place or None)  # type: ignore[arg-type]


def check_added(written: Sequence[str]) -> None:
    """Raise an error if the values of `--add` are not valid.

    Raises:
        ValueError: One is malformed, or a source is added twice.
    """
    names = [AddedOption.parse(one).name for one in written]
    if len(set(names)) < len(names):
        raise ValueError("adds a source twice")


def edited_texts(written: Sequence[str]) -> int:
    """Return how many texts of the source `edited` the values of `--add` request."""
    for option in map(AddedOption.parse, written):
        if option.name == "edited":
            return int(option.place or _EDITED_TEXTS)
    return 0


@dataclass(frozen=True)
class Amount:
    """How many texts of a source an epoch has: a multiple of all of them, or a number.

    Attributes:
        times: The multiple, or None.
        count: The number, or None.
    """

    times: float | None = None
    count: int | None = None

    def of(self, available: int) -> int:
        """Return the number of texts per epoch of a source with `available` texts."""
        if self.count is not None:
            return self.count if available else 0
        return round((1.0 if self.times is None else self.times) * available)


def parse_amounts(written: Sequence[str]) -> dict[str, Amount]:
    """Parse amounts such as "cad=3x" and "imdb=6000".

    Raises:
        ValueError: One is malformed, or a source has two.
    """
    amounts: dict[str, Amount] = {}
    for one in written:
        found = _AMOUNT.fullmatch(one)
        if not found:
            raise ValueError(f'must be an amount such as "cad=3x" or "imdb=6000", got {one!r}')
        if found["name"] in amounts:
            raise ValueError(f"has two amounts of {found['name']}")
        amounts[found["name"]] = Amount(
            times=float(found["times"]) if found["times"] else None,
            count=int(found["count"]) if found["count"] else None,
        )
    return amounts


def merge_amounts(preset: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """Return the amounts of a preset with those of the given sources in their place."""
    merged = {one.partition("=")[0]: one for one in (*preset, *given)}
    return tuple(merged.values())
