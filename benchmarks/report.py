"""The options, the tables and the JSON files that all benchmarks have in common.

The documentation reads its figures from `docs/figures/*.json`; `--json` writes files of that form.
"""

import argparse
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gatewise.models.artifact.artifact import Artifact

# The packages whose versions decide how fast the network itself runs.
NETWORK_PACKAGES = ("numpy", "numba", "tokenizers")
HTTP_PACKAGES = (*NETWORK_PACKAGES, "fastapi", "uvicorn")


def benchmark_parser(
    module: str,
    description: str | None,
    *,
    default_model: str = "that of GATEWISE_MODEL, or the default release",
    several_models: bool = False,
) -> argparse.ArgumentParser:
    """Return a parser with the options `--model` and `--json`.

    Args:
        module: The module that is run, such as "benchmarks.load".
        description: The text for `--help`.
        default_model: What is measured without `--model`, for `--help`.
        several_models: Whether `--model` takes more than one model.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--model",
        nargs="+" if several_models else None,
        help=f"model directory, release name or Hub id; by default {default_model}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    return parser


def add_text_options(parser: argparse._ActionsContainer) -> None:
    """Add the options that say where the texts of a model's training are now."""
    parser.add_argument(
        "--source", help="where to read the texts; by default where the training read them"
    )
    parser.add_argument(
        "--add", action="append", help="copy of a source that was added to them, such as cad=FOLDER"
    )


def command_line(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> str:
    """Return the command that was run, so that it can be repeated."""
    given = sys.argv[1:] if arguments is None else arguments
    return shlex.join([*parser.prog.split(), *given])


def model_title(artifact: Artifact) -> str:
    """Return name and version of a model, as files of figures refer to it."""
    return f"{artifact.name} {artifact.version}"


@dataclass(frozen=True)
class Report:
    """The outcome of one run of a benchmark.

    Attributes:
        command: The command that was run.
        models: Name and version of every model that was measured.
        figures: The figures, as they are written to JSON.
        lines: The same figures as Markdown, for reading.
        packages: The installed packages whose versions matter.
    """

    command: str
    models: Sequence[str]
    figures: dict[str, Any]
    lines: Sequence[str]
    packages: Iterable[str] = NETWORK_PACKAGES

    def publish(self, json_file: Path | None) -> None:
        """Print the figures, and write them to a file if there is one."""
        measured = {
            "command": self.command,
            "models": list(self.models),
            "machine": machine(self.packages),
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "load_average": round(os.getloadavg()[0], 1),
        }
        heading = (
            f"{', '.join(self.models)} on {measured['machine']}, {measured['date']}; "
            f"load average at the end {measured['load_average']}."
        )
        sys.stdout.write("\n".join([heading, "", *self.lines]) + "\n\n")
        if json_file:
            content = {"measured": measured, "figures": self.figures}
            text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
            json_file.write_text(text + "\n", encoding="utf-8")


def machine(packages: Iterable[str]) -> str:
    """Describe where a benchmark runs: processor, cores, versions of Python and of packages."""
    versions = (f"{package} {version(package)}" for package in packages)
    cores = f"{os.cpu_count()} cores"
    return ", ".join([processor_name(), cores, f"Python {platform.python_version()}", *versions])


def processor_name() -> str:
    """Return the name of the processor, as exactly as the system knows it."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Render a table as lines of Markdown, the first column left-aligned and the rest right."""
    rule = ["---", *["---:"] * (len(titles) - 1)]
    cells = [titles, rule, *([str(cell) for cell in row] for row in rows)]
    return ["| " + " | ".join(row) + " |" for row in cells]


def rounded_error(error: float, digits: int = 1) -> float:
    """Round an error to significant digits, since only its magnitude means something."""
    return float(f"{error:.{digits - 1}e}")
