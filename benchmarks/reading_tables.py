"""The tables of `benchmarks.reading`, as the documentation shows them: columns and rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks.reading_measures import READINGS, Accuracy, ModelFigures, Speed
from benchmarks.reading_perturbations import PERTURBATIONS
from benchmarks.report import markdown_table

Table = dict[str, list[Any]]
Measured = Mapping[str, ModelFigures]
_PARTS = ("perturbations", "cases", "accuracy", "speed")


def changes_table(measured: Measured) -> Table:
    """Return flipped labels and mean changes of P(positive), before → after, by perturbation."""
    columns = ["perturbation", "at most"]
    for title in measured:
        columns += [f"{title}, labels flipped", "mean change of P"]
    rows = []
    for perturbation in PERTURBATIONS:
        row: list[Any] = [perturbation.name, perturbation.goal]
        for figures in measured.values():
            found = figures.changes[perturbation.name].values()
            row += [
                _arrow(change.flips for change in found),
                _arrow(f"{change.mean_change:.4f}" for change in found),
            ]
        rows.append(row)
    return {"columns": columns, "rows": rows}


def cases_table(measured: Measured) -> Table:
    """Return cases tried, and right before → after, by kind of reading."""
    first = next(iter(measured.values())).cases["after"]
    rows = [
        [
            kind,
            tried,
            *(
                _arrow(figures.cases[reading][kind][0] for reading in READINGS)
                for figures in measured.values()
            ),
        ]
        for kind, (_, tried) in first.items()
    ]
    totals = [
        _arrow(_total(figures, reading)[0] for reading in READINGS) for figures in measured.values()
    ]
    rows.append(["all", sum(tried for _, tried in first.values()), *totals])
    return {"columns": ["kind", "cases", *(f"{title}, right" for title in measured)], "rows": rows}


def accuracy_table(measured: Measured) -> Table:
    """Return accuracy with its interval, before and after."""
    rows = [
        [
            title,
            f"{found['after'].n:,} {name}",
            *(_accuracy(found[reading]) for reading in READINGS),
        ]
        for title, figures in measured.items()
        for name, found in figures.accuracy.items()
    ]
    return {"columns": ["model", "texts", *READINGS], "rows": rows}


def speed_table(speed: Speed) -> Table:
    """Return the speeds, and their ratio to that of splitting alone."""
    rows = [
        [name, f"{value:,.0f}", f"{value / speed.split_only:.2f}"]
        for name, value in (
            ("read and split, first time", speed.first_pass),
            ("read and split, words cached", speed.second_pass),
            ("split by the `tokenizers` library, not read", speed.split_only),
        )
    ]
    return {"columns": ["", "reviews a second", "× the library"], "rows": rows}


def values(measured: Measured, speed: Speed) -> dict[str, Any]:
    """Return the figures that the text of the documentation quotes."""
    return {
        "models": {
            title: {
                reading: {
                    "flips": sum(found[reading].flips for found in figures.changes.values()),
                    "right": _total(figures, reading)[0],
                    "cases": _total(figures, reading)[1],
                    "accuracy": {
                        name: round(found[reading].accuracy, 4)
                        for name, found in figures.accuracy.items()
                    },
                }
                for reading in READINGS
            }
            for title, figures in measured.items()
        },
        "above_goal": {title: list(_above_goal(figures)) for title, figures in measured.items()},
        "reviews_per_second": {
            "first_pass": round(speed.first_pass),
            "second_pass": round(speed.second_pass),
            "split_only": round(speed.split_only),
        },
    }


def lines(figures: dict[str, Any]) -> list[str]:
    """Render all tables."""
    found = []
    for part in _PARTS:
        found += [f"{part}:", "", *markdown_table(figures[part]["columns"], figures[part]["rows"])]
        found.append("")
    return found


def _above_goal(figures: ModelFigures) -> Iterator[str]:
    for perturbation in PERTURBATIONS:
        if figures.changes[perturbation.name]["after"].flips > perturbation.goal:
            yield perturbation.name


def _total(figures: ModelFigures, reading: str) -> tuple[int, int]:
    counts = figures.cases[reading].values()
    return sum(right for right, _ in counts), sum(tried for _, tried in counts)


def _accuracy(found: Accuracy) -> str:
    low, high = found.interval
    return f"{100 * found.accuracy:.2f} % ({100 * low:.1f} to {100 * high:.1f})"


def _arrow(pair: Iterable[Any]) -> str:
    """Write the values before and after in one cell."""
    return " → ".join(map(str, pair))
