"""A loop stops where its loss is no longer a number."""

import math
from pathlib import Path
from typing import Any

import pytest

from models.errors import DivergedError
from training.loop import Loop


class Losses(Loop[float]):
    """A loop whose batches are their own losses."""

    def __init__(self, losses: list[float], directory: Path, *, may_diverge: bool = False) -> None:
        super().__init__(
            name="fit",
            epochs=2,
            directory=directory,
            checkpoint_seconds=60.0,
            events=False,
            bar=False,
            may_diverge=may_diverge,
        )
        self._losses = losses

    def run(self) -> int:
        """Answer the epochs that were run."""
        self._run_epochs()
        return len(self.history)

    def _batches(self, epoch: int) -> list[float]:
        return self._losses if epoch else [1.0]

    def _count_tokens(self, batch: float) -> int:
        return len([batch])

    def _step(self, batch: float) -> dict[str, float]:
        return {"loss": batch}

    def _measure(self) -> dict[str, float]:
        return {}

    def _parts(self) -> dict[str, Any]:
        return {}

    def _set_parts(self, parts: dict[str, Any]) -> None:
        """Take nothing back."""


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_ends_the_loop(tmp_path: Path, loss: float) -> None:
    with pytest.raises(DivergedError):
        Losses([1.0, loss], tmp_path).run()


def test_divergence_is_said_with_its_loop_epoch_and_batch(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match=r"fit diverged: .* at epoch 2, batch 3"):
        Losses([1.0, 2.0, math.nan], tmp_path).run()


def test_divergence_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match="another --out with a lower --learning-rate or --clip"):
        Losses([math.nan], tmp_path).run()


def test_a_finite_loss_however_large_does_not_end_the_loop(tmp_path: Path) -> None:
    assert Losses([1e300], tmp_path).run() == 2


def test_a_loop_that_may_diverge_goes_on_to_its_end(tmp_path: Path) -> None:
    assert Losses([math.nan, 1.0], tmp_path, may_diverge=True).run() == 2
