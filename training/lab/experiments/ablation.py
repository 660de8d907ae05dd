"""Experiment 5: why the reset gate at all? And why tanh? C11 and C15."""

from typing import Any

import numpy as np

from training.lab.bench import Bench
from training.lab.estimates import Estimate, mean_share, paired
from training.lab.experiments.base import Experiment
from training.lab.experiments.without_reset import COMPENSATIONS, compensation
from training.lab.fit import Task
from training.lab.jobs import Job
from training.lab.nets import (
    BEFORE,
    ELMAN,
    GRU,
    MINIMAL,
    RELU,
    WITHOUT_RESET,
    WITHOUT_UPDATE,
    units_of,
)
from training.lab.records import Chart, Finding, Outcome, Series, Supports, Table
from training.lab.tasks import PARITY, RECALL, SYMBOLS

NAME = "ablation"
_TEXT_NETS = [GRU, WITHOUT_RESET, WITHOUT_UPDATE, MINIMAL, BEFORE, RELU, ELMAN]
_SYNTHETIC_NETS = [GRU, WITHOUT_RESET, WITHOUT_UPDATE, MINIMAL, BEFORE, ELMAN]
_TEXTS: tuple[Task, ...] = ("reviews", "snippets")
_SYNTHETIC: tuple[Task, ...] = (PARITY, RECALL)

# An Elman net that is right more often than this leaves a gate nothing to do.
_TOO_EASY = 0.995

Table_ = dict[str, dict[str, list[float]]]  # by place, by net: a value for each training


def _jobs(bench: Bench) -> list[Job]:
    texts = [job for task in _TEXTS for job in bench.jobs(task, _TEXT_NETS)]
    synthetic = [
        job
        for task in _SYNTHETIC
        for job in bench.synthetic_jobs(task, _SYNTHETIC_NETS, bench.options.widths)
    ]
    return texts + synthetic


def _run(bench: Bench) -> Outcome:
    values: Table_ = {
        task: {net: bench.measured(task, net, "accuracy") for net in _TEXT_NETS} for task in _TEXTS
    }
    for task in _SYNTHETIC:
        for width in bench.options.widths:
            values[f"{task}, {width} units"] = {
                net: bench.measured(task, net, "accuracy", hidden_size=width)
                for net in _SYNTHETIC_NETS
            }
    against_gru = {
        place: {net: paired(row[net], row[GRU]) for net in row if net != GRU}
        for place, row in values.items()
    }
    instead = compensation(bench)
    too_easy = [place for place, row in values.items() if np.mean(row[ELMAN]) > _TOO_EASY]
    why, tanh = _why(against_gru, instead, too_easy), _tanh(against_gru)
    return Outcome(
        name=NAME,
        title="Why the reset gate?",
        question=why.question,
        method=(
            "The same cell learns with and without each gate, with one gate for both jobs, with "
            "the reset before the matrix product, and with ReLU for tanh, each as wide as gives it "
            "the parameters of the GRU. It learns reviews, snippets, and two synthetic tasks at "
            "several widths: parity, the parity of the ones since the last reset symbol, and "
            "recall, where parity begins anew in a bracket and the old one goes on after it. "
            "Differences are taken between nets that share a seed, and with it the order of the "
            "data."
        ),
        answer=f"{why.answer} {tanh.answer}",
        limits=(
            f"{bench.options.seeds} seeds on texts and {bench.options.synthetic_seeds} on "
            "synthetic tasks: a difference smaller than its interval may be there. With many "
            "comparisons at 95 %, one in twenty shows a difference by chance. "
            f"{bench.options.synthetic_steps:,} batches of a synthetic task measure how fast a "
            "net learns as much as what it could learn. One layer, one rate for all nets. A net "
            "with fewer gates has more units for the same parameters: a gate is measured against "
            "what its parameters buy elsewhere."
        ),
        charts=[*_text_charts(values), *_synthetic_charts(bench, values)],
        tables=[
            _accuracy_table(values),
            _difference_table(against_gru),
            _units_table(bench),
            _instead_table(instead),
        ],
        findings={
            "C11": why.model_copy(update={"figures": _figures(values, against_gru, instead)}),
            "C15": tanh,
        },
    )


def _why(
    against_gru: dict[str, dict[str, Estimate]],
    instead: dict[str, dict[str, Estimate]],
    too_easy: list[str],
) -> Finding:
    differences = {
        place: row[WITHOUT_RESET] for place, row in against_gru.items() if place not in too_easy
    }
    costs = [place for place, value in differences.items() if value.below_zero]
    gains = [place for place, value in differences.items() if value.above_zero]
    supports: Supports = "partly"
    if not costs and all(value.low is not None for value in differences.values()):
        supports = "yes"
    elif len(costs) == len(differences):
        supports = "no"
    told = "; ".join(f"{place}: {value.points()}" for place, value in differences.items())
    where = f"costs accuracy on {_listed(costs)}" if costs else "costs no measurable accuracy"
    also = f" and gains some on {_listed(gains)}" if gains else ""
    unknown = (
        ""
        if all(value.low is not None for value in differences.values())
        else " (one training each shows no interval, so nothing is decided)"
    )
    return Finding(
        question="Why do we need the reset gate at all, now that we have the update gate?",
        answer=(
            f"Removing the reset gate {where}{also}{unknown} ({told}). {_easy(too_easy)}"
            f"What the net does instead on reviews: {_told(instead)}."
        ),
        figures={},
        supports=supports,
        rule=(
            "The doubt in the question is borne out (yes) if the difference lies below 0 with its "
            "whole interval nowhere, not (no) if everywhere, partly if somewhere or if one "
            "training alone leaves no interval. Tasks that even the Elman net does are left out"
        ),
    )


def _easy(places: list[str]) -> str:
    return f"Even the Elman RNN does {_listed(places)}: they tell nothing. " if places else ""


def _tanh(against_gru: dict[str, dict[str, Estimate]]) -> Finding:
    differences = {task: against_gru[task][RELU] for task in _TEXTS}
    worse = [task for task, value in differences.items() if value.below_zero]
    better = [task for task, value in differences.items() if value.above_zero]
    supports: Supports = "partly"
    if len(worse) == len(differences):
        supports = "yes"
    elif not worse and (better or all(value.low is not None for value in differences.values())):
        supports = "no"
    told = " and ".join(f"{value.points()} on {task}" for task, value in differences.items())
    return Finding(
        question="Could tanh be ReLU, and does tanh do better in practice?",
        answer=f"With ReLU for tanh in the candidate, the GRU's accuracy changes by {told}.",
        figures={task: value.model_dump() for task, value in differences.items()},
        supports=supports,
        rule=(
            "tanh does better: yes if ReLU is worse by whole intervals on reviews and on "
            "snippets, no if on neither, partly otherwise or if one training alone leaves no "
            "interval"
        ),
    )


def _listed(places: list[str]) -> str:
    return ", ".join(places[:-1]) + (" and " if len(places) > 1 else "") + places[-1]


def _told(instead: dict[str, dict[str, Estimate]]) -> str:
    return ", ".join(
        f"{name} {instead[WITHOUT_RESET][name].number()} against {instead[GRU][name].number()}"
        for name in COMPENSATIONS
    )


def _figures(
    values: Table_,
    against_gru: dict[str, dict[str, Estimate]],
    instead: dict[str, dict[str, Estimate]],
) -> dict[str, Any]:
    return {
        "accuracy": {
            place: {net: mean_share(row[net]).model_dump() for net in row}
            for place, row in values.items()
        },
        "minus_gru": {
            place: {net: value.model_dump() for net, value in row.items()}
            for place, row in against_gru.items()
        },
        "instead_on_reviews": {
            net: {name: value.model_dump() for name, value in row.items()}
            for net, row in instead.items()
        },
    }


def _text_charts(values: Table_) -> list[Chart]:
    return [
        Chart(
            name="ablation_texts",
            title="Accuracy with a part of the GRU left out",
            kind="bars",
            x_title="",
            y_title="accuracy on held-out texts",
            series=[
                Series.of(task, _TEXT_NETS, [mean_share(values[task][net]) for net in _TEXT_NETS])
                for task in _TEXTS
            ],
            percent=True,
        )
    ]


def _synthetic_charts(bench: Bench, values: Table_) -> list[Chart]:
    widths = bench.options.widths
    return [
        Chart(
            name=f"ablation_{task}",
            title=f"Accuracy on {task}, by width",
            kind="lines",
            x_title="units of the GRU; others have as many parameters",
            y_title="answers that are right",
            series=[
                Series.of(
                    net,
                    [float(width) for width in widths],
                    [mean_share(values[f"{task}, {width} units"][net]) for width in widths],
                )
                for net in _SYNTHETIC_NETS
            ],
            percent=True,
        )
        for task in _SYNTHETIC
    ]


def _units_table(bench: Bench) -> Table:
    sizes = {
        "texts": (bench.options.embedding_size, bench.options.hidden_size),
        **{f"{units} units": (SYMBOLS, units) for units in bench.options.widths},
    }
    return Table(
        title="Units of each net, which has the parameters of a GRU of so many",
        header=["net", *sizes],
        rows=[
            [
                net,
                *(
                    str(units_of(net, embedding_size=embedding, hidden_size=units))
                    for embedding, units in sizes.values()
                ),
            ]
            for net in _TEXT_NETS
        ],
    )


def _accuracy_table(values: Table_) -> Table:
    return Table(
        title="Accuracy",
        header=["net", *values],
        rows=[
            [
                net,
                *(mean_share(row[net]).percent() if net in row else "" for row in values.values()),
            ]
            for net in _TEXT_NETS
        ],
    )


def _difference_table(against_gru: dict[str, dict[str, Estimate]]) -> Table:
    return Table(
        title="Difference from the GRU of the same seed",
        header=["net", *against_gru],
        rows=[
            [net, *(row[net].points() if net in row else "" for row in against_gru.values())]
            for net in _TEXT_NETS
            if net != GRU
        ],
    )


def _instead_table(instead: dict[str, dict[str, Estimate]]) -> Table:
    return Table(
        title="What a net does that has no reset gate, on reviews",
        header=["net", *COMPENSATIONS],
        rows=[[net, *(value.number() for value in row.values())] for net, row in instead.items()],
    )


EXPERIMENT = Experiment(NAME, ("C11", "C15"), _jobs, _run)
