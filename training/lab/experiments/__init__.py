"""The experiments: each measures figures on nets and decides which claims they support.

They return records; how these are shown belongs to `lab.report`.
"""

from gatewise.training.lab.experiments import (
    ablation,
    candidate,
    dead_reckoning,
    gradients,
    order,
    units,
)
from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.memory import memory_paths, retention
from gatewise.training.lab.experiments.verdict import reset_story
from gatewise.training.lab.report.records import claim_order

EXPERIMENTS: tuple[Experiment, ...] = (
    order.EXPERIMENT,
    gradients.EXPERIMENT,
    reset_story.EXPERIMENT,
    retention.EXPERIMENT,
    memory_paths.EXPERIMENT,
    ablation.EXPERIMENT,
    dead_reckoning.EXPERIMENT,
    units.EXPERIMENT,
    candidate.EXPERIMENT,
)
CLAIMS = tuple(
    sorted(
        (claim for experiment in EXPERIMENTS for claim in experiment.claims),
        key=claim_order,
    )
)
STANDALONE_CLAIMS = tuple(
    claim for experiment in EXPERIMENTS if experiment.standalone for claim in experiment.claims
)
