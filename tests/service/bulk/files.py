"""Inputs of the tests, and what their output must be."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs  # type: ignore[import-untyped]
from pyarrow import feather

from gatewise import Predictor
from gatewise.models.gru.precision import Precision
from gatewise.service.bulk.engines.engine import Engine
from gatewise.service.bulk.engines.pool import LocalPool
from gatewise.service.bulk.job import OnBadRow, ScoreOptions
from gatewise.service.bulk.run import Outcome, score_files

WORDS = ["great", "movie", "boring", "love", "plot", "end", "the", "but"]


def texts(count: int) -> list[str]:
    """Return texts of many lengths, all different where they are long enough."""
    return [
        " ".join(WORDS[(number * step + number // 8) % 8] for step in range(1, 2 + number % 13))
        for number in range(count)
    ]


def frame(count: int, *, bad: Sequence[int] = ()) -> pd.DataFrame:
    """Return rows with the columns id, text and product."""
    rows = texts(count)
    for place in bad:
        rows[place] = "   "
    return pd.DataFrame(
        {
            "id": range(1000, 1000 + count),
            "text": rows,
            "product": [f"p{number % 3}" for number in range(count)],
        }
    )


WRITERS: Mapping[str, Callable[[pd.DataFrame, Path], object]] = {
    "reviews.csv": lambda rows, path: rows.to_csv(path, index=False),
    "reviews.csv.gz": lambda rows, path: rows.to_csv(path, index=False),
    "reviews.tsv": lambda rows, path: rows.to_csv(path, index=False, sep="\t"),
    "reviews.jsonl": lambda rows, path: rows.to_json(path, orient="records", lines=True),
    "reviews.json": lambda rows, path: rows.to_json(path, orient="records"),
    "reviews.xlsx": lambda rows, path: rows.to_excel(path, index=False),
    "reviews.parquet": lambda rows, path: pq.write_table(pa.Table.from_pandas(rows), path),
    "reviews.feather": feather.write_feather,
}


@dataclass(frozen=True)
class Scored:
    """The directory of a run and what the run returned."""

    out: Path
    outcome: Outcome

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rows of the output, in the order of its files."""
        return read_rows(self.out)


def run(
    source: Path | str,
    out: Path,
    model: Path,
    *,
    engine: Engine | None = None,
    on_bad_row: OnBadRow = "error",
    **options: Any,
) -> Scored:
    """Score a file in this process's pool of two workers."""
    outcome = score_files(
        [str(source)],
        out,
        engine=engine or LocalPool(2),
        options=ScoreOptions(**options),
        model=str(model),
        on_bad_row=on_bad_row,
    )
    return Scored(out, outcome)


def read_rows(out: Path) -> list[dict[str, Any]]:
    """Read all rows of an output."""
    rows: list[dict[str, Any]] = []
    for path in sorted(out.glob("part-*")):
        if path.suffix == ".parquet":
            rows += pq.read_table(path).to_pylist()
        elif path.suffix == ".jsonl":
            rows += map(json.loads, path.read_text(encoding="utf-8").splitlines())
        else:
            rows += pd.read_csv(path, dtype={"id": str}).to_dict("records")
    return rows


def write_remote(path: str, content: bytes) -> None:
    """Write a file that only fsspec can read, by the URL `memory://` + path."""
    url_to_fs(f"memory://{path}")[0].pipe(f"/{path}", content)


def predicted(
    model: Path, rows: Sequence[str], *, precision: Precision | None = None
) -> list[float]:
    """Return what a plain loop over the predictor computes."""
    predictor = Predictor.load(model, precision=precision)
    return [predictor.predict([text])[0].probabilities["positive"] for text in rows]
