"""The training loop: early end, divergence, checkpoints and event files."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from gatewise.models.errors import DivergedError, ResumeError
from gatewise.training.fitting.checkpoint import load_checkpoint
from gatewise.training.fitting.trainer import StoredValue, Trainer


class GivenLosses(Trainer[float]):
    """A trainer whose batches are their own losses, and which stores their sum and a draw."""

    def __init__(
        self, losses: list[float], directory: Path, *, events: bool = False, **options: Any
    ) -> None:
        self.total = StoredValue(0.0)
        self.draws = StoredValue([])
        self._losses = losses
        super().__init__(
            parts={"total": self.total, "draws": self.draws},
            name="fit",
            epochs=2,
            directory=directory,
            checkpoint_seconds=0.0,
            events=events,
            bar=False,
            **options,
        )

    def run(self) -> int:
        """Train and return the number of finished epochs."""
        self._run_epochs()
        return len(self.history)

    def _batches(self, epoch: int) -> list[float]:
        return self._losses if epoch else [1.0]

    def _count_tokens(self, batch: float) -> int:
        return len([batch])

    def _step(self, batch: float) -> dict[str, float]:
        if batch < 0:
            raise KeyboardInterrupt
        self.total.value += batch
        self.draws.value = [*self.draws.value, float(torch.rand(()))]
        return {"loss": batch}

    def _measure(self) -> dict[str, float]:
        return {}


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_raises_an_error(tmp_path: Path, loss: float) -> None:
    with pytest.raises(DivergedError):
        GivenLosses([1.0, loss], tmp_path).run()


def test_the_error_names_the_fit_the_epoch_and_the_batch(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match=r"fit diverged: .* at epoch 2, batch 3"):
        GivenLosses([1.0, 2.0, math.nan], tmp_path).run()


def test_the_error_advises_a_lower_learning_rate(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match="another --out with a lower --learning-rate"):
        GivenLosses([math.nan], tmp_path).run()


def test_a_large_finite_loss_is_accepted(tmp_path: Path) -> None:
    assert GivenLosses([1e300], tmp_path).run() == 2


def test_a_trainer_that_may_diverge_continues(tmp_path: Path) -> None:
    assert GivenLosses([math.nan, 1.0], tmp_path, may_diverge=True).run() == 2


def test_a_resumed_trainer_continues_with_the_next_batch_and_random_number(tmp_path: Path) -> None:
    torch.manual_seed(0)
    whole = GivenLosses([2.0, 3.0, 4.0], tmp_path / "whole")
    whole.run()

    torch.manual_seed(0)
    with pytest.raises(KeyboardInterrupt):
        GivenLosses([2.0, -1.0, 4.0], tmp_path / "resumed").run()
    resumed = GivenLosses([2.0, 3.0, 4.0], tmp_path / "resumed")
    resumed.run()

    assert resumed.total.value == whole.total.value == 10.0
    assert resumed.draws.value == whole.draws.value


def test_a_checkpoint_of_other_parts_is_rejected(tmp_path: Path) -> None:
    GivenLosses([1.0], tmp_path).run()
    other = GivenLosses([1.0], tmp_path)
    other._stateful = {"other": StoredValue(0)}
    with pytest.raises(ResumeError, match="another version or network"):
        other.run()


def test_a_checkpoint_has_one_state_per_part(tmp_path: Path) -> None:
    GivenLosses([1.0], tmp_path).run()
    checkpoint = load_checkpoint(tmp_path / "checkpoint.pt")
    assert checkpoint
    assert checkpoint.parts.keys() == {"total", "draws"}


def test_event_files_are_written_if_requested(tmp_path: Path) -> None:
    GivenLosses([1.0], tmp_path, events=True).run()
    assert list((tmp_path / "events").glob("events.out.tfevents.*"))
