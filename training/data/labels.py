"""Labels as they are written, read as positive, negative, unlabelled or left out."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from gatewise.models.files.read_options import LEFT_OUT, UNLABELLED, ReadOptions, parse_label_map

_LABEL_WORDS = {
    "false": 0,
    "true": 1,
    "neg": 0,
    "negative": 0,
    "pos": 1,
    "positive": 1,
    "0": 0,
    "1": 1,
    "-1": UNLABELLED,
}
# Pairs that are proposed, not assumed: negative, positive.
_PLAINLY_MEANT = (
    ("1", "2"), ("__label__1", "__label__2"), ("label_0", "label_1"), ("bad", "good"), ("n", "p"),
    ("no", "yes"), ("-", "+"), ("rotten", "fresh"), ("thumbs down", "thumbs up"),
    ("not recommended", "recommended"), ("dissatisfied", "satisfied"), ("unhappy", "happy"),
)  # fmt: skip
_RATING = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/\s*(\d+)|stars?)?", re.IGNORECASE)
_SHOWN = 8  # labels in an error message
_MOST_STARS = 100


class UnknownLabelError(ValueError):
    """A value that is not a label."""


class LabelReader:
    """Reads the labels of one source."""

    def __init__(self, options: ReadOptions, class_names: Sequence[str] | None = None) -> None:
        """Store how labels are written.

        Args:
            options: The label map, or the number of stars.
            class_names: The names of labels that are stored as numbers.
        """
        self._map = parse_label_map(options.label_map) if options.label_map else None
        self._stars = options.stars
        self._names = class_names

    def read(self, value: object) -> int:
        """Read one label.

        Args:
            value: The value as the format has it. None means unlabelled.

        Returns:
            1 (positive), 0 (negative), `UNLABELLED` or `LEFT_OUT`.

        Raises:
            UnknownLabelError: The value is not a label.
        """
        written = self.written(value)
        if written == "":
            return UNLABELLED
        if self._map is not None:
            if written not in self._map:
                raise UnknownLabelError(f"the label {written!r} is not in --label-map")
            return self._map[written]
        if self._stars is not None:
            return _sentiment_of_rating(written, self._stars)
        if written not in _LABEL_WORDS:
            raise UnknownLabelError(
                f"{value!r} is not a label: use 0 or 1, neg or pos, negative or positive, or -1 "
                "for none"
            )
        return _LABEL_WORDS[written]

    def written(self, value: object) -> str:
        """Return a label as it is compared: its name, in lower case; empty if it is missing."""
        if value is None:
            return ""
        if self._names is not None and isinstance(value, int) and 0 <= value < len(self._names):
            value = self._names[value]
        if isinstance(value, float) and value.is_integer():  # a column with gaps, or JSON's 1.0
            value = int(value)
        return str(value).strip().lower()


def describe_labels(counts: Mapping[str, int], name: str, column: str) -> str:
    """Return the message for a column whose labels are not the two that are known.

    Args:
        counts: Number of rows by label, as written.
        name: Name of the source.
        column: Name of the column.
    """
    most = Counter(counts).most_common()
    shown = ", ".join(f"{label!r} ({count:,})" for label, count in most[:_SHOWN])
    others = f" and {len(most) - _SHOWN:,} others" if len(most) > _SHOWN else ""
    message = f"{name}: the column {column} has the labels {shown}{others}. "
    if stars := _stars_of(counts):
        return f"{message}If they are ratings, pass --stars {stars}."
    if proposed := _proposed_map(set(counts)):
        return f'{message}Perhaps you mean --label-map "{proposed}"'
    if len(counts) > 2:  # noqa: PLR2004  # negative and positive
        message += "A model has two labels, negative and positive. "
    return (
        f'{message}Map them with --label-map, for example --label-map "'
        f'{_example_map([label for label, _ in most[:_SHOWN]])}" ("name=" leaves its rows out).'
    )


def _sentiment_of_rating(written: str, stars: int) -> int:
    """Read a rating: below the middle fifth of the scale is negative, above it positive."""
    found = _RATING.fullmatch(written)
    if set(written) <= {"★", "☆", "⭐"}:
        rating = float(len(written.replace("☆", "")))
    elif found and (found[2] is None or int(found[2]) == stars):
        rating = float(found[1].replace(",", "."))
    else:
        raise UnknownLabelError(f"{written!r} is not a rating of up to {stars} stars")
    if rating > stars:
        raise UnknownLabelError(f"{written!r} is more than {stars} stars")
    distance = rating - (stars + 1) / 2
    if abs(distance) <= stars / 10:
        return LEFT_OUT
    return int(distance > 0)


def _stars_of(counts: Mapping[str, int]) -> int | None:
    """Return the number of stars of labels that are all numbers from 0 or 1 on, or None."""
    found = [_RATING.fullmatch(label) for label in counts]
    if len(counts) < 3 or not all(found):  # noqa: PLR2004  # two labels are no scale
        return None
    largest = max(float(match[1].replace(",", ".")) for match in found if match)
    scale = next((stars for stars in (5, 10, _MOST_STARS) if largest <= stars), None)
    return scale if largest > 2 else None  # noqa: PLR2004  # 0, 1, 2 are as often classes


def _proposed_map(labels: set[str]) -> str | None:
    for negative, positive in _PLAINLY_MEANT:
        if labels == {negative, positive}:
            return f"{negative}=0,{positive}=1"
    return None


def _example_map(labels: Sequence[str]) -> str:
    """Return a label map of these labels. Only the targets of labels that are known are right."""
    known = {label: _LABEL_WORDS.get(label) for label in labels}
    spare = [target for target in ("1", "0") if int(target) not in known.values()]
    targets = {
        label: str(value) if value is not None else (spare.pop() if spare else "")
        for label, value in known.items()
    }
    return ",".join(f"{label}={target}" for label, target in targets.items())
