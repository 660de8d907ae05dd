"""C10b: whether an opening is left standing by the update gates, or recalled and written anew."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64
from tqdm import tqdm

from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.base import Experiment, no_runs
from gatewise.training.lab.experiments.memory.openings import LENGTHS, OpeningTexts, opening_texts
from gatewise.training.lab.experiments.memory.plot_runs import (
    PLAIN,
    PlotRun,
    Variation,
    run_over_plots,
)
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.bootstrap import bootstrap, grouped_share
from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Finding, Supports

HELD = ("reset at 0", "reset at average", "update at average")
STANDING, NOT_RECALLED = "left standing alone", "nothing recalled"
OTHER_GATES, NOT_STANDING = "gates of the opposite", "nothing left standing"
CUT = {
    STANDING: Variation(recalls=False, gates=False),
    NOT_RECALLED: Variation(recalls=False),
    OTHER_GATES: Variation(gates=False),
    NOT_STANDING: Variation(keeps=False),
}
"""Runs in which one or two paths of the opening's influence are cut."""
# The length of plot to which the rule refers, and what counts as little and as most.
_LENGTH = 50
_LITTLE, _MOST = 0.1, 0.5

Row = dict[int, Estimate]  # by tokens of plot
Rows = dict[str, Row]  # by variation


def _measure(workspace: Workspace) -> dict[str, Finding]:
    accuracy: dict[str, Rows] = {}
    standing: dict[str, Rows] = {}
    influence: dict[str, Rows] = {}
    difference: dict[str, Row] = {}
    for name, predictor in tqdm(workspace.models.items(), desc="openings", unit="model"):
        texts = opening_texts(
            predictor.artifact.tokenizer, story_texts=workspace.options.story_texts
        )
        runs = _runs(predictor, texts)
        held = {key: runs[key] for key in (PLAIN, *HELD)}
        accuracy[name] = {key: accuracies(run, texts) for key, run in held.items()}
        standing[name] = {key: _over_plots(run.standing) for key, run in held.items()}
        influence[name] = {
            key: influences(run, runs[PLAIN], texts, held=key in HELD)
            for key, run in runs.items()
            if key != PLAIN
        }
        signs = _signs(texts)  # (O,)
        difference[name] = _over_plots(
            {length: 2 * signs * logits for length, logits in runs[PLAIN].logits.items()}
        )
    return {
        "C10b": Finding(
            question="Is what a GRU remembers of an opening recalled through the reset gate and "
            "written anew, and not left standing by the update gate?",
            rule=f"at {_LENGTH} tokens of plot, for each model: (a) the update gates alone carry "
            f"at most {_LITTLE:.0%} of the difference that the opening makes, and (b) at most "
            f"{_MOST:.0%} of it is left if nothing is recalled, but more if the gates are those "
            "after the opposite opening, all by whole intervals. Yes if both hold in every model; "
            "no if neither holds in any; partly otherwise",
            supports=supports_recall(influence),
            values={
                "length": _LENGTH,
                "plots": len(texts.plots),
                "openings": len(texts.openings),
                "models": {
                    name: {
                        "accuracy": _dump(accuracy[name]),
                        "kept_share": _dump(standing[name]),
                        "influence": _dump(influence[name]),
                        "difference_of_logits": _dump_row(difference[name]),
                    }
                    for name in workspace.models
                },
            },
        )
    }


def supports_recall(influence: Mapping[str, Rows]) -> Supports:
    """Apply the rule of C10b to the shares of the openings' influence, by model."""
    little, recalled = [], []
    for rows in influence.values():
        alone, without = rows[STANDING][_LENGTH], rows[NOT_RECALLED][_LENGTH]
        gates = rows[OTHER_GATES][_LENGTH]
        little.append(alone.high is not None and alone.high <= _LITTLE)
        recalled.append(
            without.high is not None and gates.low is not None and without.high <= _MOST < gates.low
        )
    if all(little) and all(recalled):
        return "yes"
    return "partly" if any(little) or any(recalled) else "no"


def accuracies(run: PlotRun, texts: OpeningTexts) -> Row:
    """Estimate the share of texts whose running prediction is the opening's label, by length."""
    groups = [plot for plot in range(len(texts.plots)) for _ in texts.openings]

    def share_of(logits: Float64[np.ndarray, "P O"]) -> Estimate:
        agrees: Bool[np.ndarray, "P O"] = (logits > 0) == texts.positive
        return grouped_share(groups, agrees.ravel().tolist())

    return {length: share_of(logits) for length, logits in run.logits.items()}


def influences(run: PlotRun, plain: PlotRun, texts: OpeningTexts, *, held: bool) -> Row:
    """Estimate how much of the difference that an opening makes is left in a run, by length.

    The difference is that between the logits after an opening and after its opposite, on the same
    plot. It is summed over the openings of a plot, and divided by that of the ordinary runs.

    Args:
        run: The run with gates held or paths cut.
        plain: The ordinary run.
        texts: Openings and plots.
        held: Whether gates are held, after the opposite opening too. If a path is cut, the
            ordinary run after the opposite opening is what no influence would give.

    Returns:
        The shares up to the first length at which the ordinary runs do not differ any more.
    """
    signs, found = _signs(texts), {}
    for length in LENGTHS:
        logits, ordinary = run.logits[length], plain.logits[length]  # (P, O) each
        without = (logits if held else ordinary)[:, texts.opposites]  # (P, O)
        left = (signs * (logits - without)).sum(axis=1)  # (P,)
        whole = (signs * (ordinary - ordinary[:, texts.opposites])).sum(axis=1)  # (P,)
        if not whole.any():
            break
        found[length] = bootstrap(range(len(left)), _ratio(left, whole))
    return found


def _ratio(
    left: Float64[np.ndarray, " P"], whole: Float64[np.ndarray, " P"]
) -> Callable[[Float64[np.ndarray, "R P"]], Float64[np.ndarray, " R"]]:
    return lambda weights: (weights @ left) / (weights @ whole)


def _runs(predictor: Predictor, texts: OpeningTexts) -> dict[str, PlotRun]:
    gates, size = predictor.artifact.gates, predictor.artifact.weights.config.hidden_size
    shut, average, update = HELD
    held = {
        shut: Variation(reset=np.zeros(size, np.float32)),
        average: Variation(reset=gates.mean_reset),
        update: Variation(update=gates.mean_update),
    }
    return run_over_plots(predictor.artifact.weights, texts, held | CUT)


def _over_plots(values: Mapping[int, Float64[np.ndarray, "P O"]]) -> Row:
    """Estimate means over all texts by length, with intervals over plots."""
    found = {}
    for length, rows in values.items():
        by_plot = rows.mean(axis=1)  # (P,)
        ones = np.ones(len(by_plot))  # (P,)
        found[length] = bootstrap(range(len(by_plot)), _ratio(by_plot, ones))
    return found


def _signs(texts: OpeningTexts) -> Float64[np.ndarray, " O"]:
    return np.where(texts.positive, 1.0, -1.0)


def _dump(rows: Rows) -> dict[str, Any]:
    return {name: _dump_row(row) for name, row in rows.items()}


def _dump_row(row: Row) -> dict[str, Any]:
    return {str(length): value.model_dump() for length, value in row.items()}


EXPERIMENT = Experiment("memory_paths", ("C10b",), no_runs, _measure)
