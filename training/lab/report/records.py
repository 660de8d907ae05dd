"""The records that the lab writes to lab.json and reads from it, and those that are rendered."""

import math
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from gatewise.training.lab.report.estimates import Estimate

Supports = Literal["yes", "no", "partly"]

_ROUNDING = 1e-12


class Record(BaseModel):
    """A frozen record that can be stored as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(Record):
    """The result of testing one claim.

    Attributes:
        question: The claim as a question.
        rule: How `supports` follows from the figures; fixed before the figures were measured.
        supports: Whether the figures support the claim.
        values: The figures. Estimates are stored as objects with mean, low, high and n.
    """

    question: str
    rule: str
    supports: Supports
    values: dict[str, JsonValue]


class Measured(Record):
    """How the figures were measured: command, date, duration, shipped models and options."""

    command: str
    date: str
    minutes: float
    models: dict[str, str]
    options: dict[str, JsonValue]
    note: str = ""


class LabResults(Record):
    """The contents of lab.json.

    Attributes:
        measured: How the figures were measured.
        figures: One finding for each claim.
        added: How findings were measured that come from another run, by claim.
    """

    measured: Measured
    figures: dict[str, Finding]
    added: dict[str, Measured] = {}

    def with_findings_of(self, other: "LabResults", claims: Iterable[str]) -> "LabResults":
        """Return these results with some findings of another run, and how they were measured.

        Args:
            other: The other run.
            claims: The claims to take from it; no released model is measured for them.
        """
        chosen = list(claims)
        measured = other.measured.model_copy(update={"models": {}})
        return self.model_copy(
            update={
                "figures": in_order({**self.figures, **{c: other.figures[c] for c in chosen}}),
                "added": {**self.added, **dict.fromkeys(chosen, measured)},
            }
        )

    def measured_of(self, claim: str) -> Measured:
        """Return how the finding of a claim was measured."""
        return self.added.get(claim, self.measured)

    @property
    def values(self) -> "Figures":
        """The figures of all claims by name, with estimates as `Estimate`."""
        return Figures({claim: finding.values for claim, finding in self.figures.items()})


def claim_order(claim: str) -> tuple[int, str]:
    """Return a key that sorts C4, C11, C11b, C14 in this order."""
    number = claim[1:].rstrip(string.ascii_lowercase)
    return int(number), claim.removeprefix(f"C{number}")


def in_order(findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """Return findings in the order of their claims."""
    return {claim: findings[claim] for claim in sorted(findings, key=claim_order)}


class Figures(Mapping[str, Any]):
    """Nested figures, in which every object of mean, low, high and n is read as an `Estimate`.

    Integers are accepted as names, because `str.format` passes `[10]` as an integer.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Wrap parsed JSON."""
        self._values = values

    def __getitem__(self, name: str | int) -> Any:
        """Return a number, a list, an estimate or nested figures. Raises `KeyError`."""
        value = self._values[str(name)]
        if not isinstance(value, Mapping):
            return value
        return Estimate.model_validate(value) if "mean" in value else Figures(value)

    def __iter__(self) -> Any:
        """Iterate over the names in the order of the file."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return the number of names."""
        return len(self._values)


class Series(Record):
    """One line, one group of bars, or one set of points; `low` and `high` are its intervals."""

    name: str
    x: list[float] | list[str]
    y: list[float]
    low: list[float] | None = None
    high: list[float] | None = None

    @classmethod
    def of_estimates(
        cls, name: str, x: Sequence[float] | Sequence[str], estimates: Sequence[Estimate]
    ) -> "Series":
        """Build a series of means, with intervals if all estimates have one."""
        lows, highs = [e.low for e in estimates], [e.high for e in estimates]
        known = [value for value in (*lows, *highs) if value is not None]
        complete = len(known) == 2 * len(estimates)
        return cls(
            name=name,
            x=list(x),
            y=[e.mean for e in estimates],
            low=known[: len(estimates)] if complete else None,
            high=known[len(estimates) :] if complete else None,
        )


def bars(name: str, estimates: Mapping[str, Estimate]) -> Series:
    """Build a group of bars with a label for each estimate."""
    return Series.of_estimates(name, list(estimates), list(estimates.values()))


def line(name: str, estimates: Mapping[str, Estimate]) -> Series:
    """Build a line over the numbers that name the estimates."""
    return Series.of_estimates(name, [float(x) for x in estimates], list(estimates.values()))


def count_intervals(values: Any) -> int:
    """Count the estimates in nested figures whose interval is wider than rounding errors."""
    if isinstance(values, list):
        return sum(map(count_intervals, values))
    if not isinstance(values, dict):
        return 0
    if "mean" in values:
        low, high = values.get("low"), values.get("high")
        if low is None or high is None:
            return 0
        return int(not math.isclose(low, high, abs_tol=_ROUNDING))
    return sum(map(count_intervals, values.values()))


class Chart(Record):
    """A plot. `name` is the stem of its file."""

    name: str
    title: str
    kind: Literal["lines", "bars", "points"]
    x_title: str
    y_title: str
    series: list[Series]
    x_log: bool = False
    y_log: bool = False
    percent: bool = False


class Table(Record):
    """A table of formatted cells."""

    title: str
    header: list[str]
    rows: list[list[str]]
