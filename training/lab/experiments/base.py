"""The record of an experiment."""

from collections.abc import Callable
from dataclasses import dataclass

from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.records import Finding


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes:
        name: Stem of its file in the lab's directory, and its stage in the log.
        claims: The claims that it tests.
        runs: Returns the trainings that it reads.
        measure: Returns a finding for each claim.
        standalone: Whether it reads neither the lab's texts nor the shipped models. Its findings
            can be added to those of another run.
    """

    name: str
    claims: tuple[str, ...]
    runs: Callable[[Workspace], list[TrainingRun]]
    measure: Callable[[Workspace], dict[str, Finding]]
    standalone: bool = False


def no_runs(_workspace: Workspace) -> list[TrainingRun]:
    """Return no trainings, for an experiment on the shipped models alone."""
    return []
