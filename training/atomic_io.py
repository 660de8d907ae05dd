"""Atomic writes: a file is either complete or unchanged, even if the process is killed."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and replace `path` by what was written to it.

    If an exception is raised inside, or the process is killed, `path` is unchanged.

    Args:
        path: The file to write. Its directory is created if necessary.
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
    """Write a UTF-8 text file atomically."""
    with written_whole(path) as staging:
        staging.write_text(text, encoding="utf-8")


def write_json(value: Any, path: Path) -> None:
    """Write a JSON file atomically.

    Raises:
        ValueError: The value contains NaN or infinity, which are not valid JSON.
    """
    write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", path)
