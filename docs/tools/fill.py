"""Fill README and CONTRIBUTING: `python -m docs.tools.fill [--check]`.

First every example with a name is run. If the outputs differ from those in
`docs/figures/outputs.json`, in a number by more than rounding, or the released model is another,
they are recorded anew. Then everything between `<!-- fill: EXPRESSION -->` and `<!-- /fill -->` in
both is replaced by the value of the expression. With `--check` nothing is written: the
command fails if something would be.
"""

import argparse
import re
import sys
from typing import Any

from jinja2 import Environment, StrictUndefined
from starlette.testclient import TestClient

from docs.tools.examples import ORIGIN, OUTPUTS, record, recorded, write_recorded
from docs.tools.figures import ROOT, release
from docs.tools.functions import fill_functions
from gatewise.service.app import create_app
from gatewise.service.settings import Settings

FILLED = (ROOT / "README.md", ROOT / "CONTRIBUTING.md")
TOLERANCE = 2e-3
_LAST_DIGIT = 0.011
_NUMBER = re.compile(r"(-?\d+\.\d+)")
_FILLED = re.compile(r"(<!-- fill: (.*?) -->)(\n?).*?(<!-- /fill -->)", re.DOTALL)


def main(arguments: list[str] | None = None) -> None:
    """Record outputs, then fill the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is stale")
    check: bool = parser.parse_args(arguments).check
    outputs = run_examples()
    if stale(outputs):
        if check:
            sys.exit("docs/figures/outputs.json is out of date: run `make figures`.")
        write_recorded(outputs)
    for path in FILLED:
        text = path.read_text(encoding="utf-8")
        if (new := filled(text)) == text:
            continue
        if check:
            sys.exit(f"{path.name} is out of date: run `make figures`.")
        path.write_text(new, encoding="utf-8")


def run_examples() -> dict[str, dict[str, Any]]:
    """Run every example that has a name, against an application with default settings."""
    with TestClient(create_app(Settings()), base_url=ORIGIN) as client:
        return record(client)


def stale(outputs: dict[str, dict[str, Any]]) -> bool:
    """Return whether recorded outputs are missing, of another model, or differ from these."""
    if not OUTPUTS.exists():
        return True
    known = recorded()
    return known["model"] != release().title or not agree(known["outputs"], outputs)


def agree(left: Any, right: Any) -> bool:
    """Compare two outputs; numbers may differ by rounding, also those in printed text."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(agree(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(agree, left, right))
    if isinstance(left, str) and isinstance(right, str):
        parts, others = _NUMBER.split(left), _NUMBER.split(right)
        return len(parts) == len(others) and all(map(_same_part, parts, others))
    if isinstance(left, float) and isinstance(right, float | int):
        return abs(left - right) <= TOLERANCE
    return bool(left == right)


def _same_part(left: str, right: str) -> bool:
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        # The last printed digit may be rounded either way.
        return abs(float(left) - float(right)) <= _LAST_DIGIT
    return left.split() == right.split()


def filled(text: str) -> str:
    """Replace every filled part of a text by the value of its expression.

    Raises:
        jinja2.UndefinedError: An expression names what does not exist.
        KeyError: An expression looks up a figure that does not exist.
    """
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    environment.globals.update(fill_functions())

    def value(found: re.Match[str]) -> str:
        begin, expression, line_end, end = found.groups()
        content = environment.from_string("{{ " + expression + " }}").render()
        return f"{begin}{line_end}{content}{line_end}{end}"

    return _FILLED.sub(value, text)


if __name__ == "__main__":
    main()
