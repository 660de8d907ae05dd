"""Take over a finished comparison of explainers: `python -m docs.tools.comparison FILE`.

FILE is what `gatewise compare --out FILE` has written. Its tables and averages replace those in
`docs/figures/comparison.json`.

    make compare ARGS="--source packaged --out runs/comparison.json"
    .venv/bin/python -m docs.tools.comparison runs/comparison.json
"""

import argparse
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import NETWORK_PACKAGES, machine
from docs.tools.figures import FIGURES, measurement
from docs.tools.json_text import json_text

if TYPE_CHECKING:
    from gatewise.training.analysis.comparison_file import Comparison

_PACKAGES = (*NETWORK_PACKAGES, "torch", "captum", "lime", "shap")
_DIGEST = re.compile(r" \([0-9a-f]+\)$")


def main(arguments: list[str] | None = None) -> None:
    """Write the figures of a comparison."""
    # Imported here, because it needs PyTorch, which building the site does not.
    from gatewise.training.analysis.comparison_file import Comparison  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args(arguments).file
    comparison = Comparison.model_validate_json(file.read_bytes())
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    request = comparison.request
    sizes = f"--reviews {request['reviews']} --snippets {request['snippets']}"
    measured = {
        "command": f'make compare ARGS="--source packaged {sizes}"',
        "models": [_DIGEST.sub("", comparison.model)],
        "machine": machine(_PACKAGES),
        "date": f"{written:%Y-%m-%d}",
        "note": f"Threads of each explainer: {request['threads']}.",
    }
    content = {"measured": measured, "figures": figures_of(comparison)}
    (FIGURES / "comparison.json").write_text(json_text(content) + "\n", encoding="utf-8")


def figures_of(comparison: "Comparison") -> dict[str, Any]:
    """Return the number of texts, the table, and the averages, by kind of text."""
    counts = Counter(text.kind for text in comparison.texts)
    tables = comparison.table().strip().split("\n\n")
    averages = comparison.model_dump(mode="json", include={"summary"})["summary"]
    figures = {}
    for (kind, summary), table in zip(averages.items(), tables, strict=True):
        titles, _, *rows = ([*map(str.strip, line.split("|")[1:-1])] for line in table.splitlines())
        figures[kind] = {
            "texts": counts[kind],
            "columns": ["explainer", *titles[1:]],
            "rows": rows,
            "summary": summary,
        }
    return figures


def explainer(kind: str, name: str, key: str) -> str:
    """Return an average of one explainer, with two decimals.

    Args:
        kind: `reviews` or `snippets`.
        name: Name of the explainer, as in the table.
        key: `comprehensiveness`, `sufficiency`, `agreement` or `agreement_of_size`.
    """
    return f"{_average(kind, name, key):.2f}"


def times_as_long(kind: str, slow: str, fast: str) -> str:
    """Return how many times as long one explainer takes for a text as another."""
    ratio = _average(kind, slow, "milliseconds") / _average(kind, fast, "milliseconds")
    return f"{ratio:.0f}"


def _average(kind: str, name: str, key: str) -> float:
    average: float = measurement("comparison").figures[kind]["summary"][name][key]
    return average


if __name__ == "__main__":
    main()
