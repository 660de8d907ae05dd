"""Where output goes: results to stdout, everything else to stderr, colour only in a terminal."""

import json
import logging
import sys
import unicodedata
from io import TextIOWrapper
from typing import Any

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments
from rich.text import Text

_MAX_WIDTH = 100
_KEPT_CONTROLS = "\n\t"


class _Console(Console):
    """A console that leaves a closed pipe to `main`, which handles it for all commands."""

    def on_broken_pipe(self) -> None:
        """Raise the error again, which Rich would turn into an exit."""
        raise BrokenPipeError


def output_console() -> Console:
    """Return the console for results: stdout, at most 100 columns wide."""
    return _limited(_Console(highlight=False, soft_wrap=False))


def error_console() -> Console:
    """Return the console for errors and notices: stderr."""
    return _limited(_Console(stderr=True, highlight=False))


def _limited(console: Console) -> Console:
    console.width = min(console.width, _MAX_WIDTH)
    return console


def print_line(text: Text | str) -> None:
    """Print one line to stdout, however long, without wrapping it."""
    output_console().print(text, soft_wrap=True, markup=False)


def print_trimmed(console: Console, renderable: RenderableType) -> None:
    """Print something without the spaces that fill its lines up to the width of the console."""
    for line in console.render_lines(renderable, pad=False):
        while line and not line[-1].text.strip():
            line.pop()
        if line:
            line[-1] = Segment(line[-1].text.rstrip(), line[-1].style)
        console.print(Segments([*line, Segment.line()]), end="")


def print_error(message: str, *, prefix: str = "Error: ") -> None:
    """Print one message to stderr, without wrapping it."""
    error_console().print(Text.assemble((prefix, "bold red"), message), soft_wrap=True)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def printable(text: str) -> str:
    """Replace control characters, which a terminal would execute; keep newlines and tabs."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character) == "Cc" and character not in _KEPT_CONTROLS
        else character
        for character in text
    )


def use_replacement_characters() -> None:
    """Let stdout replace characters that its encoding does not have, such as those of bars."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def log_progress() -> None:
    """Write the log of a long command to stderr, each line with its time."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("gatewise").setLevel(logging.INFO)
