"""A file to read: on this machine, or behind anything that opens it as bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from gatewise.models.errors import DataError


@dataclass(frozen=True)
class DataFile:
    """A file of a known format.

    Attributes:
        name: Name of the file without its directories; its end names the format.
        open: Opens the file for reading. It may be called several times.
    """

    name: str
    open: Callable[[], BinaryIO]

    @classmethod
    def at(cls, path: Path) -> "DataFile":
        """Return the file at a path of this machine.

        Raises:
            DataError: There is no such file.
        """
        if not path.is_file():
            raise DataError(f"There is no file {path}.")
        return cls(path.name, lambda: cast("BinaryIO", path.open("rb")))

    @property
    def suffix(self) -> str:
        """The end of the name: ".csv"; ".gz" for films.csv.gz."""
        return PurePosixPath(self.name).suffix
