"""The input files of a run: found by path, directory, pattern or URL, in a fixed order."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from fsspec.core import url_to_fs  # type: ignore[import-untyped]
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from gatewise.models.errors import DataError
from gatewise.models.files.data_file import DataFile
from gatewise.models.files.formats import FORMATS, is_data_file

_PATTERN = frozenset("*?[")
_REMOTE = "://"
# Larger files are sampled: a digest of 50 GB would take minutes.
_WHOLE = 64 << 20  # bytes
_SAMPLES, _SAMPLE = 64, 1 << 20


@dataclass
class InputFile:
    """A file of the input.

    Attributes:
        path: Path or URL.
        name: Name without directories.
        size: Size in bytes.
        is_named: Whether an argument is the file itself, not a directory or pattern.
    """

    path: str
    name: str
    size: int
    is_named: bool
    _filesystem: Any = field(repr=False)
    _handle: BinaryIO | None = field(default=None, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether the file is one of this machine, and its path not a URL."""
        return self._filesystem is None

    def as_data_file(self) -> DataFile:
        """Return the file for the readers of formats."""
        return DataFile(self.name, self._open)

    def fraction_read(self) -> float:
        """Return which share of the file the last opened handle has read, 0 to 1."""
        if self._handle is None:
            return 0.0
        if self._handle.closed or not self.size:
            return 1.0
        return min(self._handle.tell() / self.size, 1.0)

    def forget(self) -> None:
        """Count nothing of the file as read."""
        self._handle = None

    def digest(self) -> str:
        """Return a digest of the size and the content; of samples of it if the file is large."""
        digest = hashlib.sha256(str(self.size).encode())
        with self._open() as file:
            if self.size <= _WHOLE:
                while block := file.read(_SAMPLE):
                    digest.update(block)
            else:
                for number in range(_SAMPLES):
                    file.seek((self.size - _SAMPLE) * number // (_SAMPLES - 1))
                    digest.update(file.read(_SAMPLE))
        self.forget()
        return digest.hexdigest()

    def _open(self) -> BinaryIO:
        opened = self._filesystem.open(self.path, "rb") if self._filesystem else open_local(self)
        self._handle = opened
        return cast("BinaryIO", opened)


def open_local(file: InputFile) -> io.BufferedReader:
    """Open a file of this machine."""
    return Path(file.path).open("rb")


def find_inputs(written: Sequence[str]) -> list[InputFile]:
    """Find the files that the arguments of a command name.

    Args:
        written: Paths or URLs of files, directories or patterns such as `reviews/*.csv`. A
            directory stands for all files of a known format in it and below; a URL is opened by
            fsspec (`s3://`, `gs://`, `hf://`).

    Returns:
        The files in the order of the arguments; those of a directory or pattern sorted by path.

    Raises:
        DataError: An argument means no file, or what it needs is not installed.
    """
    return [file for argument in written for file in _find(argument)]


def _find(argument: str) -> Iterator[InputFile]:
    filesystem, path = _filesystem(argument)
    try:
        is_named = filesystem.isfile(path)
        if is_named:
            found = [path]
        elif filesystem.isdir(path):
            found = [name for name in sorted(filesystem.find(path)) if _is_meant(name, path)]
            if not found:
                raise DataError(f"{argument} has no file that ends in one of {', '.join(FORMATS)}.")
        elif _PATTERN & set(argument):
            found = sorted(name for name in filesystem.glob(path) if filesystem.isfile(name))
        else:
            found = []
        if not found:
            raise DataError(f"There is no file {argument}.")
        remote = None if isinstance(filesystem, LocalFileSystem) else filesystem
        for name in found:
            size = int(filesystem.info(name)["size"] or 0)
            path = name if remote is None else remote.unstrip_protocol(name)
            yield InputFile(path, PurePosixPath(name).name, size, is_named, remote)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{argument} cannot be read: {error or type(error).__name__}.") from error


def _filesystem(argument: str) -> tuple[Any, str]:
    if _REMOTE not in argument:
        return url_to_fs(str(Path(argument).absolute()))
    try:
        return url_to_fs(argument)
    except ImportError as error:
        scheme = argument.partition(_REMOTE)[0]
        package = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs"}.get(scheme)
        advice = f"pip install {package}" if package else str(error)
        raise DataError(f"{scheme}{_REMOTE} needs a package that is missing: {advice}") from error
    except ValueError as error:
        raise DataError(f"{argument} cannot be opened: {error}.") from error


def _is_meant(name: str, directory: str) -> bool:
    """Return whether a file of a directory is data: of a known format, and not hidden."""
    below = PurePosixPath(name).parts[len(PurePosixPath(directory).parts) :]
    hidden = any(part.startswith((".", "_")) for part in below)
    return not hidden and is_data_file(PurePosixPath(name))
