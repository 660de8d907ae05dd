"""Writes small real files in every format that is read."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

TEXTS = ['A "fine" film, really.', "Dull;\n\nand long.\tToo long.", "Très bon — 日本 👍"]
LABELS = [1, 0, -1]


def table() -> pa.Table:
    """Return the three reviews as an Arrow table, with columns that are not needed."""
    return pa.table(
        {
            "id": [7, 8, 9],
            "text": TEXTS,
            "label": LABELS,
            "author": [{"name": "A", "films": [1, 2]}, None, {"name": "C", "films": []}],
            "seen": pa.array([0, None, 86_400_000], pa.timestamp("ms")),
        }
    )


def frame() -> pd.DataFrame:
    """Return the three reviews as a pandas data frame."""
    return pd.DataFrame({"id": [7, 8, 9], "text": TEXTS, "label": LABELS})


def _write_stream(path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table().schema) as writer:
        writer.write_table(table())


def _write_json(**options: Any) -> Callable[[Path], Any]:
    return lambda path: frame().to_json(path, **options)


WRITERS: dict[str, Callable[[Path], Any]] = {
    "films.csv": lambda path: frame().to_csv(path, index=False),
    "films.csv.gz": lambda path: frame().to_csv(path, index=False),
    "films.tsv": lambda path: frame().to_csv(path, index=False, sep="\t"),
    "films.tsv.gz": lambda path: frame().to_csv(path, index=False, sep="\t"),
    "films.jsonl": _write_json(orient="records", lines=True),
    "films.jsonl.gz": _write_json(orient="records", lines=True),
    "films.ndjson": _write_json(orient="records", lines=True, force_ascii=False),
    "films.json": _write_json(orient="records"),
    "films.json.gz": _write_json(orient="columns"),
    "films.parquet": lambda path: pq.write_table(table(), path),
    "films.arrow": _write_stream,
    "films.feather": lambda path: pyarrow.feather.write_feather(table(), path),
    "films.xlsx": lambda path: frame().to_excel(path, index=False),
}


def write_text(path: Path, content: str, *, encoding: str = "utf-8") -> Path:
    """Write a text file, compressed if its name ends in .gz."""
    data = content.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path
