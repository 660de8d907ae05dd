"""What an experiment is."""

from collections.abc import Callable
from dataclasses import dataclass

from training.lab.bench import Bench
from training.lab.jobs import Job
from training.lab.records import Outcome


@dataclass(frozen=True)
class Experiment:
    """Some claims, the trainings that they need, and how they are examined."""

    name: str
    claims: tuple[str, ...]
    jobs: Callable[[Bench], list[Job]]
    run: Callable[[Bench], Outcome]


def no_jobs(_bench: Bench) -> list[Job]:
    """Need no training: the shipped models are examined."""
    return []
