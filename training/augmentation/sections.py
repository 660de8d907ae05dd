"""Reader of this package's data files: sections with a header in brackets, and their lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

PACKAGE = "gatewise.training.augmentation"


@dataclass(frozen=True)
class Section:
    """A section of a data file.

    Attributes:
        header: What is between the brackets.
        lines: The lines below it, without comments and blank lines.
    """

    header: str
    lines: tuple[str, ...]


def read_sections(folder: str) -> Iterator[Section]:
    """Yield the sections of all `.txt` files of a folder of the package, in order of file name.

    Raises:
        ValueError: A line stands before the first header.
    """
    paths = (files(PACKAGE) / folder).iterdir()
    for path in sorted(paths, key=lambda path: path.name):
        if path.name.endswith(".txt"):
            yield from parse_sections(path.read_text("utf-8"))


def parse_sections(text: str) -> Iterator[Section]:
    """Yield the sections of a text; lines that start with `#` are comments."""
    header: str | None = None
    lines: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]") and "::" not in line:
            if header is not None:
                yield Section(header, tuple(lines))
            header, lines = line[1:-1].strip(), []
        elif header is None:
            raise ValueError(f"{line!r} stands before the first header.")
        else:
            lines.append(line)
    if header is not None:
        yield Section(header, tuple(lines))
