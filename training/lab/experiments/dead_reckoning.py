"""C11b: a task that a GRU learns worse without its reset gate, and what the gate does there."""

from collections.abc import Mapping
from typing import Any

from gatewise.training.lab.experiments.base import Experiment, no_runs
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.reckoning.study import Study
from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Finding, Supports

# Reset gates at fixes that let the old state through, although not to the same degree.
_OPENED = ("reset_at_1", "reset_at_average")


def _measure(workspace: Workspace) -> dict[str, Finding]:
    values = Study(workspace.options.reckoning, workspace.root / "reckoning").run()
    return {
        "C11b": Finding(
            question="Does a GRU follow a heading that is set anew worse without its reset gate, "
            "and are the reset gates what drops the old heading?",
            rule="yes if at every width the error without the reset gate is larger by an interval "
            "above 0, and if reset gates that are held at fixes at 1, or at their average over "
            "turns, raise the error of the GRU by intervals above 0; no if neither holds at any "
            "width; partly otherwise",
            supports=supports_need(
                _estimates(values["without_reset_minus_gru"]),
                _estimates(values["gates"]["change_of_error"]),
            ),
            values=values,
        )
    }


def supports_need(
    without_reset_minus_gru: Mapping[str, Estimate], change_of_error: Mapping[str, Estimate]
) -> Supports:
    """Apply the rule of C11b.

    Args:
        without_reset_minus_gru: Differences of the errors by width.
        change_of_error: Changes of the GRU's error by intervention.
    """
    worse = [value.above_zero for value in without_reset_minus_gru.values()]
    dropped = [change_of_error[name].above_zero for name in _OPENED]
    if all(worse) and all(dropped):
        return "yes"
    return "partly" if any(worse) or any(dropped) else "no"


def _estimates(values: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: Estimate.model_validate(value) for name, value in values.items()}


EXPERIMENT = Experiment("dead_reckoning", ("C11b",), no_runs, _measure, standalone=True)
