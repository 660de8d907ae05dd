"""Augmentation: texts from frames and fillers, and minimal edits of real reviews."""

from gatewise.training.augmentation.generator import generate
from gatewise.training.augmentation.minimal_edits import minimal_edits
from gatewise.training.augmentation.records import AugmentedText

__all__ = ["AugmentedText", "generate", "minimal_edits"]
