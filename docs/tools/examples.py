"""Examples in the README and in the pages: found, run, and their output recorded.

An example is a fenced block of `sh` or `python`. Where it is followed by `output("NAME", …)`, in
braces in a page or in a `fill` comment in the README, what it returns or prints is recorded under
that name in `docs/figures/outputs.json`: of JSON, those places that some page shows.
"""

import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import dedent
from typing import Any, Protocol

from docs.tools.cli_reference import gatewise
from docs.tools.figures import FIGURES, ROOT, release
from docs.tools.json_text import json_text

OUTPUTS = FIGURES / "outputs.json"
ORIGIN = "http://127.0.0.1:8000"
DIGITS = 6
_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>sh|python)\n(?P<code>.*?)^ *```$"
    r"(?:\s*(?:<!-- fill: |\{\{ ?)output\(\"(?P<name>[\w-]+)\")?",
    re.MULTILINE | re.DOTALL,
)
_DATA_OPTIONS = {"-d", "--data", "--data-urlencode"}

_CALL = re.compile(r"(?:output|number)\(\"([\w-]+)\"((?:, \"[^\"]+\")*)")
_STRING = re.compile(r"\"([^\"]+)\"")


class Client(Protocol):
    """What sends the requests of the examples: an HTTP client of a running application."""

    def get(self, url: str, *, params: dict[str, str]) -> Any:
        """Send a GET request."""

    def post(self, url: str, *, content: str, headers: dict[str, str]) -> Any:
        """Send a POST request."""


@dataclass(frozen=True)
class Example:
    """A fenced block of a page."""

    page: Path
    language: str
    code: str
    name: str | None

    @cached_property
    def commands(self) -> list[list[str]]:
        """Split a block of `sh` into commands and their words; comments are dropped."""
        joined = self.code.replace("\\\n", " ")
        return [
            words for line in joined.splitlines() if (words := shlex.split(line, comments=True))
        ]


def pages() -> list[Path]:
    """List the README and every page of the site."""
    found = [path for path in (ROOT / "docs").rglob("*.md") if "figures" not in path.parts]
    return [ROOT / "README.md", *sorted(found)]


def examples(page: Path) -> list[Example]:
    """Find the examples of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Example(page, found["language"], dedent(found["code"]), found["name"])
        for found in _BLOCK.finditer(text)
    ]


def run_python(code: str, namespace: dict[str, Any]) -> str:
    """Execute a block in the namespace that the blocks of its page share.

    Returns:
        What it printed.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, namespace)  # noqa: S102
    return printed.getvalue()


def send(client: Client, command: list[str]) -> Any:
    """Send the request that a curl command sends.

    Returns:
        The response.
    """
    url = next(word for word in command if word.startswith("http"))
    path = url.removeprefix(ORIGIN)
    data = [command[i + 1] for i, word in enumerate(command) if word in _DATA_OPTIONS]
    if "-G" in command:
        return client.get(path, params=dict(entry.split("=", 1) for entry in data))
    headers = [command[i + 1] for i, word in enumerate(command) if word == "-H"]
    named = dict(header.split(": ", 1) for header in headers)
    if data or "POST" in command:
        return client.post(path, content="".join(data[:1]), headers=named)
    return client.get(path, params={})


def record(client: Client) -> dict[str, dict[str, Any]]:
    """Run every example that has a name.

    Returns:
        By name: the page, the code, and the values by place, such as `tokens.4.start`; the place of
        the whole output is empty. Numbers in JSON are rounded.

    Raises:
        RuntimeError: A request fails, or two examples share a name.
    """
    found: dict[str, dict[str, Any]] = {}
    shown = places_shown()
    for page in pages():
        for example, output in _run_page(page, client):
            if example.name in found:
                raise RuntimeError(f"Two examples are named {example.name!r}.")
            found[example.name or ""] = {
                "page": page.relative_to(ROOT).as_posix(),
                "code": example.code,
                "values": {place: value_at(output, place) for place in shown[example.name or ""]},
            }
    return found


def places_shown() -> dict[str, list[str]]:
    """Find the places of each output that are shown, by `output` or by `number`."""
    found: dict[str, dict[str, None]] = {}
    for page in pages():
        for name, places in _CALL.findall(page.read_text(encoding="utf-8")):
            found.setdefault(name, {}).update(dict.fromkeys(_STRING.findall(places) or [""]))
    return {name: sorted(places) for name, places in found.items()}


def value_at(value: Any, place: str) -> Any:
    """Follow a path of keys and list positions.

    Raises:
        KeyError: A key or a position does not exist.
    """
    for step in place.split(".") if place else ():
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except IndexError as error:
            raise KeyError(place) from error
    return value


def _run_page(page: Path, client: Client) -> Iterator[tuple[Example, Any]]:
    """Run the Python blocks of a page, and its commands that have a name."""
    namespace: dict[str, Any] = {}
    for example in examples(page):
        if example.language == "python":
            printed = run_python(example.code, namespace)
            if example.name:
                yield example, printed
        elif example.name:
            yield example, run_command(client, example.commands[0])


def run_command(client: Client, command: list[str]) -> Any:
    """Run a curl or gatewise command of an example and return what it prints.

    Raises:
        RuntimeError: The request or the command fails.
    """
    if command[0] != "curl":
        return run_gatewise(command)
    response = send(client, command)
    if not response.is_success:
        raise RuntimeError(f"{command}: {response.status_code} {response.text}")
    return rounded(response.json())


def run_gatewise(command: list[str]) -> Any:
    """Run a `gatewise` command by the interpreter at hand.

    Returns:
        What it printed; with `--json`, the value.

    Raises:
        RuntimeError: It fails.
    """
    printed = gatewise(*command[1:])
    return rounded(json.loads(printed)) if "--json" in command else printed


def rounded(value: Any) -> Any:
    """Round every number of a JSON value, so that it is the same on every processor."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def recorded() -> dict[str, Any]:
    """Read the recorded outputs: `model`, and `outputs` by name."""
    found: dict[str, Any] = json.loads(OUTPUTS.read_text(encoding="utf-8"))
    return found


def write_recorded(outputs: dict[str, dict[str, Any]]) -> None:
    """Write outputs, with the model that made them."""
    value = {"model": release().title, "outputs": outputs}
    OUTPUTS.write_text(json_text(value) + "\n", encoding="utf-8")


def recorded_at(name: str, place: str = "") -> Any:
    """Look up a recorded output, or a part of it.

    Raises:
        KeyError: There is no such output or part.
    """
    return recorded()["outputs"][name]["values"][place]
