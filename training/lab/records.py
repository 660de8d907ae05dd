"""What an experiment hands over: its answer, its figures, and what to draw."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from training.lab.estimates import Estimate

Supports = Literal["yes", "no", "partly"]


class Record(BaseModel):
    """A frozen record that can be kept as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Series(Record):
    """One line, one row of bars, or one cloud of points; `low` and `high` are its interval."""

    name: str
    x: list[float] | list[str]
    y: list[float]
    low: list[float] | None = None
    high: list[float] | None = None

    @classmethod
    def of(
        cls, name: str, x: Sequence[float] | Sequence[str], estimates: Sequence[Estimate]
    ) -> "Series":
        """Draw estimates with their intervals, if they have any."""
        lows, highs = [e.low for e in estimates], [e.high for e in estimates]
        known = [value for value in (*lows, *highs) if value is not None]
        whole = len(known) == 2 * len(estimates)
        return cls(
            name=name,
            x=list(x),
            y=[e.mean for e in estimates],
            low=known[: len(estimates)] if whole else None,
            high=known[len(estimates) :] if whole else None,
        )


class Chart(Record):
    """A plot, said once and drawn twice: for the report, and for the docs."""

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
    """Rows of text."""

    title: str
    header: list[str]
    rows: list[list[str]]


class Finding(Record):
    """What the lab says of one claim.

    `supports` says whether the figures bear the claim out; `rule` how that is decided from them.
    """

    question: str
    answer: str
    figures: dict[str, JsonValue]
    supports: Supports
    rule: str


class Outcome(Record):
    """What an experiment found."""

    name: str
    title: str
    question: str
    method: str
    answer: str
    limits: str
    charts: list[Chart]
    tables: list[Table]
    findings: dict[str, Finding]
