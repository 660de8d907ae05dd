"""Which texts a model leaves undecided: calibration of the rule, and what it costs and finds.

    python -m training.studies.undecided --help

The rule is calibrated on every other held-out text of the model and on half of the texts of other
kinds. Everything that is reported was measured on the other halves.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import cyclopts
import numpy as np
from datasets import Dataset
from jaxtyping import Bool

from gatewise.models.artifact.config import CONFIG, DECISION, WEIGHTS, read_config
from gatewise.models.artifact.decision_rule import DecisionRule, rule_to_json
from gatewise.models.artifact.location import locate_model
from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.atomic_io import write_json
from gatewise.training.data.repeated_texts import repeat_texts
from gatewise.training.evaluation.undecided import (
    LEAST_TEXTS,
    NEUTRAL,
    UNLIKE_SHARE,
    WEAK_SHARE,
    MeasuredTexts,
    fit_rule,
    halves,
    measure_others,
    measure_texts,
    other_texts,
)
from gatewise.training.markdown import markdown_table
from gatewise.training.studies.figures import log_progress

# Multiples of the two shares of undecided texts, for the curve.
_FACTORS = (0, 0.5, 1, 2, 4, 8)
_COMMAND = "python -m training.studies.undecided"


def study(predictor: Predictor, held_out: Dataset) -> tuple[DecisionRule, dict[str, Any]]:
    """Calibrate the rule of a model and measure it.

    Args:
        predictor: The model.
        held_out: Texts that it was not trained on, with the columns text, label and source.

    Returns:
        The rule, and what it does: `sources`, `kinds` and `curve`, each with columns and rows.

    Raises:
        DataError: There are too few texts.
    """
    calibration, test = halves(held_out)
    if len(calibration) < LEAST_TEXTS:
        raise DataError(
            f"Half of the {len(held_out)} held-out texts are too few to calibrate on: "
            f"{LEAST_TEXTS} are needed."
        )
    fit = partial(
        fit_rule,
        measure_texts(predictor, calibration["text"][:]),
        np.array(calibration["source"][:]),
        measure_others(predictor),
    )
    rule = fit()
    measured = measure_texts(predictor, test["text"][:])
    sources = np.array(test["source"][:])  # (N,)
    right = (measured.logits > 0) == np.asarray(test["label"][:])  # (N,)
    others = other_texts()
    measured_others = measure_texts(predictor, [other.text for other in others])
    return rule, {
        "sources": _by_source(sources, right, measured.undecided(rule)),
        "kinds": _by_kind(measured_others.undecided(rule)),
        "curve": _curve(fit, measured, sources, right, measured_others),
    }


def _by_source(
    sources: np.ndarray, right: Bool[np.ndarray, " N"], undecided: Bool[np.ndarray, " N"]
) -> dict[str, Any]:
    rows = []
    for source in np.unique(sources):
        chosen = sources == source  # (N,)
        rows.append(
            [
                str(source),
                f"{chosen.sum():,}",
                _percent(~undecided[chosen]),
                _percent(right[chosen]),
                _percent(right[chosen & ~undecided]),
                _percent(right[chosen & undecided]),
            ]
        )
    columns = ["held-out texts", "number", "decided", "accuracy of all", "of decided texts"]
    return {"columns": [*columns, "of undecided texts"], "rows": rows}


def _by_kind(undecided: Bool[np.ndarray, " M"]) -> dict[str, Any]:
    """Count the undecided texts of each kind among those that the rule was not calibrated on."""
    others, rows = other_texts(), []
    held_out = np.array([other.part == "held_out" for other in others])  # (M,)
    kinds = np.array([other.kind for other in others])  # (M,)
    for kind in dict.fromkeys(kinds.tolist()):
        chosen = held_out & (kinds == kind)  # (M,)
        rows.append([kind, str(undecided[chosen].sum()), str(chosen.sum())])
    rest = held_out & (kinds != NEUTRAL)  # (M,)
    rows.append(["all but neutral statements", str(undecided[rest].sum()), str(rest.sum())])
    return {"columns": ["kind", "undecided", "of"], "rows": rows}


def _curve(
    fit: Callable[..., DecisionRule],
    measured: MeasuredTexts,
    sources: np.ndarray,
    right: Bool[np.ndarray, " N"],
    measured_others: MeasuredTexts,
) -> dict[str, Any]:
    """Measure the accuracy of decided texts against the share of them, for several thresholds."""
    is_test = np.array(
        [other.part == "held_out" and other.kind != NEUTRAL for other in other_texts()]
    )  # (M,)
    names = np.unique(sources).tolist()
    rows = []
    for factor in _FACTORS:
        rule = fit(unlike_share=factor * UNLIKE_SHARE, weak_share=factor * WEAK_SHARE)
        undecided = measured.undecided(rule)  # (N,)
        found = measured_others.undecided(rule)  # (M,)
        row = [f"{factor * (UNLIKE_SHARE + WEAK_SHARE):.1%}".replace("%", " %")]
        for name in names:
            chosen = sources == name  # (N,)
            row += [_percent(~undecided[chosen]), _percent(right[chosen & ~undecided])]
        rows.append([*row, _percent(found[is_test])])
    columns = [f"{name}: {what}" for name in names for what in ("decided", "accuracy of these")]
    return {
        "columns": ["share allowed", *columns, "texts of other kinds: undecided"],
        "rows": rows,
    }


def _percent(values: Bool[np.ndarray, " N"]) -> str:
    return f"{100 * values.mean():.1f} %" if len(values) else "–"


def tables(figures: Mapping[str, Any]) -> str:
    """Return the figures of a model as Markdown tables."""
    return "\n\n".join(markdown_table(part["columns"], part["rows"]) for part in figures.values())


def main(
    *models: str,
    source: str | None = None,
    add: tuple[str, ...] | None = None,
    json_file: Path | None = None,
    store: bool = False,
) -> None:
    """Calibrate which texts models leave undecided, and print what that costs and finds.

    Args:
        *models: Directories, release names or Hub ids; by default the default release.
        source: Another copy of the reviews that the models were trained on.
        add: Copies of the sources that were added to them, as for `gatewise train`.
        json_file: File to write the figures to.
        store: Write the rule into the directory of each model, as decision.json.
    """
    log_progress()
    by_model: dict[str, Any] = {}
    names: list[str] = []
    for model in models or (None,):
        directory = locate_model(model)
        predictor = Predictor.load(directory)
        artifact = predictor.artifact
        rule, figures = study(predictor, repeat_texts(predictor, source, add=add).split.validation)
        by_model |= {f"{artifact.name} {part}": table for part, table in figures.items()}
        names.append(f"{artifact.name} {artifact.version}")
        sys.stdout.write(f"{names[-1]}\n\n{tables(figures)}\n")
        if store:
            store_rule(rule, directory)
    if json_file is not None:
        measured = {
            "command": f"{_COMMAND} {' '.join(models)}".strip(),
            "models": names,
            "date": datetime.now(UTC).date().isoformat(),
            "note": "Calibrated on every other held-out text; measured on the rest.",
        }
        write_json({"measured": measured, "figures": by_model}, json_file)


def store_rule(rule: DecisionRule, directory: Path) -> None:
    """Write a rule into the directory of an artifact, and load the artifact once, as a check."""
    checksums = read_config(directory / CONFIG).checksums
    (directory / DECISION).write_text(
        rule_to_json(rule, model=checksums[WEIGHTS]), encoding="utf-8"
    )
    Predictor.load(directory)


if __name__ == "__main__":
    cyclopts.run(main)
