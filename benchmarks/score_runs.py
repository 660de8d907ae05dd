"""Runs of `gatewise score` for benchmarks: input, command, plain loop, and what was written."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Reads a CSV file, predicts its texts in lists of 512 with one thread, and writes a CSV file.
_LOOP = """
import csv, sys
from pathlib import Path
from gatewise import Predictor
with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
predictor = Predictor.load(sys.argv[2], threads=1)
with Path(sys.argv[3]).open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    for start in range(0, len(rows), 512):
        some = rows[start : start + 512]
        for row, found in zip(some, predictor.predict([row["text"] for row in some])):
            writer.writerow([row["id"], found.label, repr(found.probabilities["positive"])])
"""

# Options that give each row of a file to whichever worker is free, so that all of them are started.
EACH_ALONE = ("--part-rows", "1")

Row = tuple[str, str, float]  # id, label and probability of "positive"


@dataclass(frozen=True)
class Difference:
    """How the rows of an output differ from those that it should have.

    Attributes:
        lost: Rows that are not there.
        doubled: Rows that are there again, or should not be there.
        changed: Rows with another label or probability.
    """

    lost: int
    doubled: int
    changed: int


def write_rows(path: Path, texts: Iterable[str]) -> None:
    """Write a CSV file with the columns id and text."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(texts))


def score_command(source: Path, out: Path, model: Path, workers: int) -> list[str | Path]:
    """Return the command that scores a file."""
    program = Path(sys.executable).with_name("gatewise")
    return [
        program, "score", source, "--out", out, "--model", model, "--workers", str(workers),
        "--keep", "id",
    ]  # fmt: skip


def loop_command(source: Path, out: Path, model: Path) -> list[str | Path]:
    """Return the command of the plain loop: a program that scores a file into a CSV file."""
    return [sys.executable, "-c", _LOOP, source, model, out]


def rows_of_loop(out: Path) -> list[Row]:
    """Read what the plain loop wrote."""
    with out.open(newline="", encoding="utf-8") as file:
        return [(number, label, float(value)) for number, label, value in csv.reader(file)]


def rows_of_score(out: Path) -> list[Row]:
    """Read what `gatewise score` wrote as Parquet, in the order of its files."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # only here

    names = ["id", "label", "probability_positive"]
    rows: list[dict[str, Any]] = []
    for path in sorted(out.glob("part-*.parquet")):
        rows += pq.read_table(path, columns=names).to_pylist()
    return [(str(row["id"]), row["label"], row["probability_positive"]) for row in rows]


def difference(found: Sequence[Row], expected: Sequence[Row]) -> Difference:
    """Compare the rows of an output with those that it should have."""
    here, there = Counter(row[0] for row in found), Counter(row[0] for row in expected)
    wanted = {row[0]: row for row in expected}
    changed = sum(row != wanted.get(row[0], row) for row in found)
    return Difference((there - here).total(), (here - there).total(), changed)


def content(out: Path) -> dict[str, bytes]:
    """Return the bytes of every file of an output."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }
