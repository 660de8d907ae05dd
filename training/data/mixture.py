"""Which rows of each source an epoch has."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np

from gatewise.training.mix_option import Amount

log = logging.getLogger(__name__)

UNLABELLED_PART = "unlabelled"


class Mixture:
    """Draws the rows of every epoch from texts that are labelled by source."""

    def __init__(self, parts: Sequence[str], amounts: Mapping[str, Amount], *, seed: int) -> None:
        """Group the rows by source.

        Args:
            parts: The source of every row.
            amounts: The amounts by source; a source without one is read once in every epoch.
            seed: Seed of the draws.
        """
        names = np.asarray(parts)  # (N,)
        self._rows = {name: np.flatnonzero(names == name) for name in dict.fromkeys(parts)}
        self._amounts, self._seed = amounts, seed

    def rows(self, epoch: int) -> list[int]:
        """Return the rows of an epoch, a row that is read twice twice.

        The texts of a source are drawn in a fixed random order that continues from epoch to epoch
        and begins again after the last, so that all of them are read equally often.

        Args:
            epoch: Number of the epoch, from 0.
        """
        drawn: list[int] = []
        for number, (name, rows) in enumerate(self._rows.items()):
            count = self._amounts.get(name, Amount()).of(len(rows))
            if not count:
                continue
            order = np.random.default_rng([self._seed, number]).permutation(rows)
            places = np.arange(epoch * count, (epoch + 1) * count) % len(order)
            drawn += order[places].tolist()
        return drawn


def warn_of_unused(amounts: Mapping[str, Amount], available: Sequence[str]) -> None:
    """Log a warning for every amount of a source that a run does not have."""
    names = sorted(set(available))
    for name in sorted(set(amounts) - {*names, UNLABELLED_PART}):
        log.warning("--mix %s: this run has no such source, only %s", name, ", ".join(names))
