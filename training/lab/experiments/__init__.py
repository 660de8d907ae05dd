"""The experiments, in the order of the report."""

from training.lab.experiments import (
    ablation,
    conventions,
    equations,
    gradients,
    order,
    reset_story,
    retention,
    units,
)
from training.lab.experiments.base import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (
    order.EXPERIMENT,
    gradients.EXPERIMENT,
    reset_story.EXPERIMENT,
    retention.EXPERIMENT,
    ablation.EXPERIMENT,
    units.EXPERIMENT,
    conventions.EXPERIMENT,
    equations.EXPERIMENT,
)
CLAIMS = tuple(f"C{number}" for number in range(1, 17))
