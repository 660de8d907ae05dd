"""How the nets of a task are trained and measured."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import trange

from gatewise.training.fitting.schedule import one_cycle
from gatewise.training.lab.reckoning.stacked_nets import StackedNets
from gatewise.training.lab.reckoning.task import VARIANTS, angle_errors, draw_tracks

_TRACKS = 64  # in a batch, of each net
_HELD_OUT_TRACKS = 500
_HELD_OUT_SEED = 10**6  # outside the range of the seeds of trainings
_WARMUP_SHARE = 0.25
_CLIP_NORM = 1.0
LENGTH = 30


@dataclass(frozen=True)
class Training:
    """Nets of one architecture on one variant of the task, one net for each seed.

    Attributes:
        variant: Name in `VARIANTS`.
        net: Name in `ARCHITECTURES`.
        width: Units of the GRU whose number of parameters the nets match.
        batches: Number of batches.
        rate: Peak learning rate.
        seeds: Number of nets.
        first_seed: Seed of the first net; the others count on from it.
    """

    variant: str
    net: str
    width: int
    batches: int
    rate: float
    seeds: int
    first_seed: int = 0

    @property
    def name(self) -> str:
        """A name for a file, which no other training has."""
        fields = asdict(self).values()
        return "-".join("".join(c if c.isalnum() else "_" for c in str(value)) for value in fields)

    @property
    def all_seeds(self) -> range:
        """The seed of every net."""
        return range(self.first_seed, self.first_seed + self.seeds)


def train(training: Training) -> tuple[StackedNets, dict[str, Any]]:
    """Train the nets.

    Returns:
        The nets, and the mean angle error of each of them in degrees over held-out tracks, with
        the number of units and of parameters of a layer.
    """
    torch.set_num_threads(1)
    nets = StackedNets(training.net, hidden_size=training.width, seeds=training.all_seeds)
    # AdamW and the clipping of gradients work on single numbers and on the norm of a net: no net
    # changes what another one learns.
    optimizer = torch.optim.AdamW(nets.parameters(), lr=training.rate, weight_decay=0.0)
    schedule = one_cycle(
        optimizer, rates=[training.rate], steps=training.batches, warmup_share=_WARMUP_SHARE
    )
    label = f"{training.net}, {training.width} units, {training.variant}"
    for batch in trange(training.batches, desc=label, unit="batch", mininterval=5):
        generator = np.random.default_rng([training.first_seed, batch])
        inputs, targets = _draw(training, generator, tracks=_TRACKS)
        optimizer.zero_grad(set_to_none=True)
        # The sum over nets gives each of them the gradient of its own mean.
        loss = (nets(inputs) - targets).square().mean(dim=(1, 2, 3)).sum()
        loss.backward()
        _clip_each_net(nets)
        optimizer.step()
        schedule.step()
    return nets, {
        "errors": held_out_errors(nets, training).mean(axis=(1, 2)).tolist(),
        "units": nets.units,
        "parameters": nets.parameters_of_layer,
    }


def held_out_tracks(training: Training) -> tuple[Tensor, Tensor]:
    """Return inputs (S, B, T, 6) and targets (S, B, T, 2) that no net was trained on."""
    generator = np.random.default_rng([_HELD_OUT_SEED, training.first_seed])
    return _draw(training, generator, tracks=_HELD_OUT_TRACKS)


@torch.no_grad()
def held_out_errors(nets: StackedNets, training: Training) -> np.ndarray:
    """Return the angle errors in degrees on held-out tracks, (S, B, T)."""
    inputs, targets = held_out_tracks(training)
    return angle_errors(nets(inputs).numpy(), targets.numpy())


def _draw(
    training: Training, generator: np.random.Generator, *, tracks: int
) -> tuple[Tensor, Tensor]:
    """Draw tracks of its own for every net: inputs (S, B, T, 6) and targets (S, B, T, 2)."""
    variant, count = VARIANTS[training.variant], training.seeds * tracks
    drawn = draw_tracks(generator, variant, count=count, length=LENGTH)
    inputs, targets = torch.from_numpy(drawn.inputs), torch.from_numpy(drawn.targets)
    shape = (training.seeds, tracks, LENGTH)
    return inputs.view(*shape, -1), targets.view(*shape, -1)


def _clip_each_net(nets: StackedNets) -> None:
    gradients = [p.grad for p in nets.parameters() if p.grad is not None]
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in gradients]).norm(dim=0)  # (S,)
    factors = (_CLIP_NORM / (norms + 1e-6)).clamp(max=1.0)  # (S,)
    for gradient in gradients:
        gradient.mul_(factors.view(-1, *[1] * (gradient.dim() - 1)))
