"""C11 and C15: what the reset gate and the tanh of the candidate contribute to accuracy."""

from collections.abc import Collection, Mapping

import numpy as np
from pydantic import JsonValue

from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.internals import measure_internals
from gatewise.training.lab.experiments.over_texts import difference_over_texts
from gatewise.training.lab.nets.architectures import (
    BEFORE,
    ELMAN,
    GRU,
    MINIMAL,
    RELU,
    WITHOUT_RESET,
    WITHOUT_UPDATE,
    units_of,
)
from gatewise.training.lab.nets.fit import SEQUENCE_RATE, TEXT_RATE, Task
from gatewise.training.lab.nets.synthetic_tasks import PARITY, RECALL, SYMBOLS
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, mean_share, paired
from gatewise.training.lab.report.records import Finding, Supports

_TEXT_NETS = [GRU, WITHOUT_RESET, WITHOUT_UPDATE, MINIMAL, BEFORE, RELU, ELMAN]
_SYNTHETIC_NETS = [GRU, WITHOUT_RESET, WITHOUT_UPDATE, MINIMAL, BEFORE, ELMAN]
_TEXTS: tuple[Task, ...] = ("reviews", "snippets")
_SYNTHETIC: tuple[Task, ...] = (PARITY, RECALL)

# A task on which the Elman net has a higher accuracy than this needs no gates.
_SOLVED = 0.995

Accuracies = dict[str, dict[str, list[float]]]  # by task, by net: a value for each training
Differences = Mapping[str, Mapping[str, Estimate]]  # by task, by net: accuracy minus the GRU's


def _runs(workspace: Workspace) -> list[TrainingRun]:
    texts = [run for task in _TEXTS for run in workspace.text_runs(task, _TEXT_NETS)]
    synthetic = [
        run
        for task in _SYNTHETIC
        for run in workspace.synthetic_runs(task, _SYNTHETIC_NETS, workspace.options.widths)
    ]
    return texts + synthetic


def _measure(workspace: Workspace) -> dict[str, Finding]:
    accuracy = _accuracies(workspace)
    minus_gru = {
        task: {net: paired(row[net], row[GRU]) for net in row if net != GRU}
        for task, row in accuracy.items()
    }
    solved = [task for task, row in accuracy.items() if np.mean(row[ELMAN]) > _SOLVED]
    return {
        "C11": Finding(
            question="Why do we need the reset gate at all, now that we have the update gate?",
            rule="the doubt is supported (yes) if without the reset gate no difference lies below "
            "0 with its whole interval; no if every one does; partly if some do, or if a single "
            "training leaves no interval. Tasks that the Elman net solves are left out",
            supports=supports_no_reset(minus_gru, solved),
            values={
                "accuracy": {
                    task: {net: mean_share(values).model_dump() for net, values in row.items()}
                    for task, row in accuracy.items()
                },
                "minus_gru": {
                    task: {net: value.model_dump() for net, value in row.items()}
                    for task, row in minus_gru.items()
                },
                "accuracy_by_seed": {task: dict(row) for task, row in accuracy.items()},
                "minus_gru_over_texts": {
                    task: {
                        net: difference_over_texts(workspace, task, net, GRU).model_dump()
                        for net in _TEXT_NETS
                        if net != GRU
                    }
                    for task in _TEXTS
                },
                "solved_by_elman": solved,
                "units": _units(workspace),
                "parameters": _parameters(workspace),
                "learning_rate": {"texts": TEXT_RATE, "synthetic tasks": SEQUENCE_RATE},
                "internals_on_reviews": {
                    net: {name: value.model_dump() for name, value in row.items()}
                    for net, row in measure_internals(workspace).items()
                },
            },
        ),
        "C15": Finding(
            question="Could tanh be ReLU, and does tanh do better in practice?",
            rule="yes if ReLU is worse by whole intervals on reviews and on snippets; no if on "
            "neither; partly otherwise, or if a single training leaves no interval",
            supports=supports_tanh(minus_gru),
            values={task: minus_gru[task][RELU].model_dump() for task in _TEXTS},
        ),
    }


def supports_no_reset(minus_gru: Differences, solved: Collection[str]) -> Supports:
    """Apply the rule of C11 to the differences of accuracy, less those of `solved` tasks."""
    differences = [row[WITHOUT_RESET] for task, row in minus_gru.items() if task not in solved]
    worse = [value.below_zero for value in differences]
    if not any(worse) and all(value.low is not None for value in differences):
        return "yes"
    return "no" if all(worse) else "partly"


def supports_tanh(minus_gru: Differences) -> Supports:
    """Apply the rule of C15 to the differences of accuracy."""
    differences = [minus_gru[task][RELU] for task in _TEXTS]
    worse = [value.below_zero for value in differences]
    if all(worse):
        return "yes"
    decided = all(value.low is not None for value in differences)
    return "no" if decided and not any(worse) else "partly"


def _accuracies(workspace: Workspace) -> Accuracies:
    accuracy: Accuracies = {
        task: {net: workspace.measured(task, net, "accuracy") for net in _TEXT_NETS}
        for task in _TEXTS
    }
    for task in _SYNTHETIC:
        for width in workspace.options.widths:
            accuracy[f"{task}, {width} units"] = {
                net: workspace.measured(task, net, "accuracy", width=width)
                for net in _SYNTHETIC_NETS
            }
    return accuracy


def _units(workspace: Workspace) -> dict[str, JsonValue]:
    """Return the units of every net, on texts and on synthetic tasks by the width of the GRU."""
    options = workspace.options
    sizes = {
        "texts": (options.embedding_size, options.hidden_size),
        **{f"{units} units": (SYMBOLS, units) for units in options.widths},
    }
    return {
        place: {
            net: units_of(net, embedding_size=embedding, hidden_size=units) for net in _TEXT_NETS
        }
        for place, (embedding, units) in sizes.items()
    }


def _parameters(workspace: Workspace) -> dict[str, JsonValue]:
    """Return the parameters of the layer of every net, by the same places as `_units`."""

    def parameters(task: Task, nets: Collection[str], width: int | None = None) -> JsonValue:
        return {
            net: int(workspace.measured(task, net, "parameters", width=width)[0]) for net in nets
        }

    return {
        "texts": parameters("reviews", _TEXT_NETS),
        **{
            f"{units} units": parameters(PARITY, _SYNTHETIC_NETS, units)
            for units in workspace.options.widths
        },
    }


EXPERIMENT = Experiment("ablation", ("C11", "C15"), _runs, _measure)
