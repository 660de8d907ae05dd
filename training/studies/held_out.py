"""What released models get right on texts held out of all trainings, side by side.

    python -m training.studies.held_out --help

Measures the texts that the training of each model held out, those held out of the added sources
(edited reviews, scored phrases, generated texts) and, if a file of them is given, short texts by
phenomenon. A model that is not measured again keeps its column.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cyclopts

from gatewise.models.predictor import Predictor
from gatewise.training.atomic_io import write_json
from gatewise.training.evaluation.evaluate import EvaluationReport, evaluate_model
from gatewise.training.markdown import markdown_table
from gatewise.training.studies.figures import log_progress

_COMMAND = "python -m training.studies.held_out"
_NOTE = (
    "Each model on what its own training held out, without the excluded texts; generated texts are "
    "the same for all. Models before 1.0.0 learned from some of the original CAD reviews and of "
    "the sentences of SST."
)
_SHORT_NOTE = "Short texts that no training has used: right verdicts and number of texts."
# Rows of the table: title, and the path to a share in `EvaluationReport.to_json`.
_ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("IMDb, whole reviews", ("by_source", "imdb", "accuracy")),
    ("IMDb: calibration error", ("by_source", "imdb", "ece")),
    ("snippets", ("by_source", "rotten_tomatoes", "accuracy")),
    ("snippets: calibration error", ("by_source", "rotten_tomatoes", "ece")),
    ("CAD, original reviews", ("held_out", "cad", "by_kind", "original", "decided", "accuracy")),
    ("CAD, revised reviews", ("held_out", "cad", "by_kind", "revised", "decided", "accuracy")),
    ("SST phrases, decided ones", ("held_out", "sst", "decided", "accuracy")),
    ("SST phrases: calibration error", ("held_out", "sst", "decided", "ece")),
    (
        "SST phrases: gap between P and the annotators' mean score",
        ("held_out", "sst", "target_error"),
    ),
    ("SST phrases, neutral ones from 0.4 to 0.6", ("held_out", "sst", "near_half")),
    (
        "generated texts, frames never trained on",
        ("held_out", "augmented", "decided", "accuracy"),
    ),
    *(
        (
            f"generated texts: {kind}",
            ("held_out", "augmented", "by_kind", kind, "decided", "accuracy"),
        )
        for kind in (
            "negated blame",
            "distant negation",
            "double negation",
            "quotation",
            "sarcasm",
            "rhetorical question",
        )
    ),
    *(
        (
            f"names and terms exchanged in {plural}: P moves by more than 0.1",
            ("held_out", "augmented", "by_kind", f"exchanged name or term, {kind}", "moved"),
        )
        for plural, kind in (("neutral texts", "neutral"), ("opinions", "opinion"))
    ),
)
_SATURATION_NOTE = "Share of gate values below 0.1 or above 0.9 in 1,000 held-out texts."
_SHORT_ROW = "short texts of all phenomena"


def held_out_column(report: EvaluationReport) -> dict[str, str]:
    """Return the figures of a model by title of the row; those that it lacks are left out."""
    figures = report.to_json()
    cells = {title: _share(figures, path) for title, path in _ROWS}
    return {title: cell for title, cell in cells.items() if cell is not None}


def short_text_column(report: EvaluationReport) -> dict[str, str]:
    """Return right verdicts and number of texts by phenomenon, all of them first."""
    parts = {_SHORT_ROW: report, **report.by_source}
    return {name: f"{round(part.accuracy * part.n)} of {part.n}" for name, part in parts.items()}


def merge_columns(
    table: Mapping[str, Any], columns: Mapping[str, Mapping[str, str]], *, first: str
) -> dict[str, Any]:
    """Put columns into a table.

    Args:
        table: A table as committed, with `columns` and `rows`, or an empty one.
        columns: The cells of each model by title of the row. They replace what the table has.
        first: Title of the column of titles.

    Returns:
        The table with the given models first. A cell that nobody measured is a dash.
    """
    names: Sequence[str] = table.get("columns", [first])[1:]
    merged: dict[str, dict[str, str]] = {name: dict(cells) for name, cells in columns.items()}
    for place, name in enumerate(names, start=1):
        merged.setdefault(name, {row[0]: row[place] for row in table["rows"]})
    titles = dict.fromkeys(title for cells in merged.values() for title in cells)
    return {
        "columns": [first, *merged],
        "rows": [
            [title, *(cells.get(title, "–") for cells in merged.values())] for title in titles
        ],
    }


def main(
    *models: str,
    source: str | None = None,
    add: tuple[str, ...] | None = None,
    exclude: str | None = None,
    short_texts: Path | None = None,
    out: Path | None = None,
) -> None:
    """Measure models on held-out texts and print the table.

    Args:
        *models: Directories, release names or Hub ids; by default the default release.
        source: Another copy of the texts that the models were trained on.
        add: Sources to measure on beside the validation split, as for `gatewise train`.
        exclude: Digests of texts to leave out: a file, or `reserved`.
        short_texts: File with the columns text, label and phenomenon.
        out: Directory of `release.json`, `short_texts.json` and `gate_saturation.json`, in which
            the figures of other models are kept.
    """
    log_progress()
    columns: dict[str, dict[str, str]] = {}
    short: dict[str, dict[str, str]] = {}
    saturation: dict[str, dict[str, float]] = {}
    for model in models or (None,):
        artifact = Predictor.load(model).artifact
        title = f"{artifact.name} {artifact.version}"
        report = evaluate_model(model, source=source, add=add, exclude=exclude, gates=True)
        columns[title] = held_out_column(report)
        saturation[title] = {
            gate: round(getattr(report.gates, gate), 3) for gate in ("reset", "update")
        }
        if short_texts is not None:
            report = evaluate_model(model, data=short_texts, by="phenomenon")
            short[title] = short_text_column(report)
            columns[title][_SHORT_ROW] = f"{100 * report.accuracy:.1f} %"
    given = [("--source", source), ("--exclude", exclude), ("--short-texts", short_texts)]
    options = [f"{name} {value}" for name, value in given if value is not None]
    command = " ".join([_COMMAND, *models, *options, *(f"--add {value}" for value in add or ())])
    _finish(columns, first="held out", note=_NOTE, command=command, file=_file(out, "release"))
    if out:
        _store_saturation(saturation, command=command, file=out / "gate_saturation.json")
    if short:
        file = _file(out, "short_texts")
        _finish(short, first="phenomenon", note=_SHORT_NOTE, command=command, file=file)


def _file(out: Path | None, name: str) -> Path | None:
    return out / f"{name}.json" if out else None


def _finish(
    columns: Mapping[str, Mapping[str, str]],
    *,
    first: str,
    note: str,
    command: str,
    file: Path | None,
) -> None:
    """Print a table, merged with that of a file, and write it to the file."""
    stored = json.loads(file.read_text("utf-8"))["figures"] if file and file.is_file() else {}
    table = merge_columns(stored, columns, first=first)
    sys.stdout.write(markdown_table(table["columns"], table["rows"]) + "\n\n")
    if file:
        models = table["columns"][1:]
        write_json({"measured": _measured(command, models, note), "figures": table}, file)


def _store_saturation(
    saturation: Mapping[str, Mapping[str, float]], *, command: str, file: Path
) -> None:
    """Add the shares of saturated gates to the file that has them by model."""
    stored = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
    figures = {**stored, **saturation}
    measured = _measured(command, list(figures), _SATURATION_NOTE)
    write_json({"measured": measured, "figures": figures}, file)


def _measured(command: str, models: Sequence[str], note: str) -> dict[str, Any]:
    return {
        "command": command,
        "models": list(models),
        "date": datetime.now(UTC).date().isoformat(),
        "note": note,
    }


def _share(figures: Mapping[str, Any], path: Sequence[str]) -> str | None:
    value: Any = figures
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return None if value is None else f"{100 * value:.1f} %"


if __name__ == "__main__":
    cyclopts.run(main)
