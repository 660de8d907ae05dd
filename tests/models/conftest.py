"""Fixtures of this folder."""

from tests.models.artifacts import artifact

__all__ = ["artifact"]
