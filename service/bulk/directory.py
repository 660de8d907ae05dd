"""The directory of the output: which run it belongs to, which parts are done, and when all are.

    part-000000.parquet …   the results, in the order of the input
    .score.json             what the run reads and how; another run is refused
    .parts/                 counts of each part, unfinished files, and parts that were left out
    _summary.html           the report, if requested
    _SUCCESS                counts of all rows; written last

Names that begin with a dot or an underscore are left out by readers of directories (PyArrow, Spark,
DuckDB by its pattern).
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import ENOTDIR
from pathlib import Path
from typing import Any

from gatewise.models.errors import ResumeError
from gatewise.service.bulk.job import OutputFormat
from gatewise.service.bulk.output import write_whole
from gatewise.service.bulk.statistics import Statistics

_IDENTITY = ".score.json"
_PARTS = ".parts"
_SUCCESS = "_SUCCESS"
_SUMMARY = "_summary.html"


class OutputDirectory:
    """The files of one run. Workers and driver each have their own object.

    Attributes:
        path: The directory.
        format: Format of the results.
    """

    def __init__(self, path: Path, format: OutputFormat) -> None:  # noqa: A002
        """Name a directory; nothing is read or written yet."""
        self.path = path
        self.format = format

    @contextmanager
    def opened(self, identity: Mapping[str, Any]) -> Iterator[None]:
        """Create the directory or check that it belongs to this run, and lock it meanwhile.

        At the end, the files are deleted that killed workers have not finished.

        Args:
            identity: What the run reads and how, as JSON.

        Raises:
            ResumeError: It belongs to another run, is in use, or has other files.
            OSError: It cannot be created or written to.
        """
        if self.path.is_file():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(self.path))
        self.path.mkdir(parents=True, exist_ok=True)
        with _locked(self.path):
            if (self.path / _IDENTITY).exists():
                self._check(identity)
            elif any(entry.name != _PARTS for entry in self.path.iterdir()):
                raise ResumeError(
                    f"{self.path} has files that are not of gatewise score. Pass another --out."
                )
            staging = self.path / _PARTS
            staging.mkdir(exist_ok=True)
            self._remove_unfinished()
            if not (self.path / _IDENTITY).exists():
                self._write(_IDENTITY, _json(identity))
            try:
                yield
            except BaseException:  # its workers are killed, perhaps while they were writing
                with suppress(OSError):
                    self._remove_unfinished()
                raise
            self._remove_unfinished()

    def _remove_unfinished(self) -> None:
        """Delete the files that processes were writing when they were killed."""
        for unfinished in (self.path / _PARTS).glob("*.partial"):
            unfinished.unlink(missing_ok=True)

    def is_done(self, index: int) -> bool:
        """Return whether the results of a part exist."""
        return self._part(index).exists() and self._statistics(index).exists()

    def write_part(self, index: int, content: bytes, statistics: Statistics) -> None:
        """Write the results of a part, after its counts.

        Raises:
            OSError: The disk is full, for example.
        """
        counts = json.dumps(statistics.to_json(), ensure_ascii=False).encode()
        write_whole(counts, self._statistics(index), self.path / _PARTS)
        write_whole(content, self._part(index), self.path / _PARTS)
        with suppress(FileNotFoundError):
            self._left_out(index).unlink()

    def write_left_out(self, index: int, record: Mapping[str, Any]) -> None:
        """Record that a part is left out."""
        write_whole(_json(record), self._left_out(index), self.path / _PARTS)

    def statistics(self, count: int) -> Iterator[Statistics]:
        """Yield the counts of the first parts, without those that are left out."""
        for index in range(count):
            if self.is_done(index):
                content = json.loads(self._statistics(index).read_text(encoding="utf-8"))
                yield Statistics.from_json(content)

    def write_success(self, counts: Mapping[str, Any]) -> None:
        """Mark the run as complete."""
        self._write(_SUCCESS, _json(counts))

    def write_summary(self, page: str) -> Path:
        """Write the report and return its path."""
        self._write(_SUMMARY, page.encode())
        return self.path / _SUMMARY

    def _write(self, name: str, content: bytes) -> None:
        write_whole(content, self.path / name, self.path / _PARTS)

    def _part(self, index: int) -> Path:
        return self.path / f"part-{index:06}.{self.format}"

    def _statistics(self, index: int) -> Path:
        return self.path / _PARTS / f"part-{index:06}.json"

    def _left_out(self, index: int) -> Path:
        return self.path / _PARTS / f"part-{index:06}.left-out.json"

    def _check(self, identity: Mapping[str, Any]) -> None:
        """Raise an error if the directory belongs to another run."""
        try:
            found = json.loads((self.path / _IDENTITY).read_text(encoding="utf-8"))
            differences = list(_differences(found, identity))
        except (ValueError, AttributeError) as error:
            raise ResumeError(f"{self.path / _IDENTITY} was edited. Pass another --out.") from error
        if differences:
            raise ResumeError(
                f"{self.path} has the results of another run, which had {'; '.join(differences)}. "
                "Pass another --out, or the same input, model and options."
            )


def _differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name in ("gatewise", "model"):
        if found.get(name) != wanted[name]:
            yield f"another {'version of gatewise' if name == 'gatewise' else name}"
    yield from _input_differences(found.get("input", []), wanted["input"])
    options = found.get("options", {})
    for name, value in wanted["options"].items():
        if options.get(name) != value:
            option = f"--{name.replace('_', '-')}"
            yield f"{option} {_shown(options.get(name))} instead of {_shown(value)}"


def _input_differences(found: list[Any], wanted: list[Any]) -> Iterator[str]:
    if len(found) != len(wanted):
        yield f"{len(found):,} input files instead of {len(wanted):,}"
        return
    for before, now in zip(found, wanted, strict=True):
        if before["name"] != now["name"]:
            yield f"the input {before['name']} instead of {now['name']}"
            return
        if before != now:
            yield f"another content of {now['name']}"
            return


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Lock a directory for this process, where the system can; a dead process has no lock."""
    try:
        import fcntl  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        yield
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ResumeError(f"{directory} is in use by another gatewise score.") from error
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(descriptor)
