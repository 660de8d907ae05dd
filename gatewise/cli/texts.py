"""Reading texts from stdin: one a line, or all of it as one text."""

import codecs
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import cast

from gatewise.cli.console import print_error

_BLOCK = 1 << 16  # bytes


@dataclass(frozen=True)
class Line:
    """One line of stdin.

    Attributes:
        number: Its number, from 1.
        text: The line without its end, or None if it is not valid UTF-8.
    """

    number: int
    text: str | None


def read_lines() -> Iterator[list[Line]]:
    """Read stdin and yield its lines in batches: as many complete lines as are available.

    A slow producer is therefore followed line by line, and a file is read in large batches.
    """
    _announce("Reading texts from the terminal, one per line. End with Ctrl-D.")
    rest, number = b"", 0
    stream = cast("BufferedReader", sys.stdin.buffer)
    while block := stream.read1(_BLOCK):
        *complete, rest = (rest + block).split(b"\n")
        if complete:
            yield [_line(content, number + place) for place, content in enumerate(complete, 1)]
            number += len(complete)
    if rest:
        yield [_line(rest, number + 1)]


def read_text() -> str | None:
    """Read all of stdin as one text, without the line end; None if it is not valid UTF-8."""
    _announce("Reading one text from the terminal. End with Ctrl-D.")
    return _decode(sys.stdin.buffer.read().removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n"))


def _line(content: bytes, number: int) -> Line:
    if number == 1:
        content = content.removeprefix(codecs.BOM_UTF8)
    return Line(number, _decode(content.removesuffix(b"\r")))


def _decode(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _announce(message: str) -> None:
    if sys.stdin.isatty():
        print_error(message, prefix="")
