"""Files that are there whole or not at all, whenever a run is killed."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; what is there at the end takes its place.

    A kill, or an error inside, leaves the file as it was before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f"{path.name}.partial")
    try:
        yield staging
        with staging.open("rb") as file:
            os.fsync(file.fileno())
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> None:
    """Write a text file."""
    with written_whole(path) as staging:
        staging.write_text(text, encoding="utf-8")


def write_json(value: Any, path: Path) -> None:
    """Write JSON as any reader takes it: no NaN, no infinity."""
    write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", path)
