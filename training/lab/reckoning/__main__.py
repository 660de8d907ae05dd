"""Train nets with and without gates on dead reckoning with fixes, and report their errors.

python -m training.lab.reckoning --out runs/reckoning --json docs/figures/reckoning.json
"""

import sys
from pathlib import Path

import cyclopts

from gatewise.training.atomic_io import write_json
from gatewise.training.lab.reckoning.study import FAST, Sizes, Study, measured, table
from gatewise.training.markdown import markdown_table

app = cyclopts.App(help=__doc__)


@app.default
def main(
    *, out: Path = Path("runs/reckoning"), fast: bool = False, json: Path | None = None
) -> None:
    """Run the study, or resume it.

    Args:
        out: Directory of the trainings, which is resumed if it exists.
        fast: Train a few nets for some batches: this checks that everything runs.
        json: File to which the figures are written.
    """
    sizes = FAST if fast else Sizes()
    figures = Study(sizes, out).run()
    if json is not None:
        command = f"python -m training.lab.reckoning{' --fast' if fast else ''}"
        write_json({"measured": measured(command, sizes), "figures": figures}, json)
    head, *rows = table(figures)
    sys.stdout.write(markdown_table(head, rows) + "\n")


if __name__ == "__main__":
    app()
