"""Which nets are trained on which variant of the task, and what is reported of them.

Each training is done once and kept in the directory of the study, so that a study that was killed
goes on where it was.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file

from gatewise.training.atomic_io import write_json
from gatewise.training.lab.nets.architectures import (
    BEFORE,
    ELMAN,
    GRU,
    LSTM,
    MINIMAL,
    WITHOUT_RESET,
    WITHOUT_UPDATE,
)
from gatewise.training.lab.reckoning.gates import MEAN_GATES, gate_figures
from gatewise.training.lab.reckoning.since_fixes import errors_since_fixes
from gatewise.training.lab.reckoning.stacked_nets import StackedNets
from gatewise.training.lab.reckoning.task import PLAIN, VARIANTS
from gatewise.training.lab.reckoning.training import LENGTH, Training, train
from gatewise.training.lab.report.estimates import estimate, paired, paired_ratio

NETS = (GRU, WITHOUT_RESET, WITHOUT_UPDATE, MINIMAL, BEFORE, ELMAN, LSTM)
# Nets whose errors are measured step by step. The pair is also trained for other lengths and on
# other variants of the task.
TRIO = (GRU, WITHOUT_RESET, WITHOUT_UPDATE)
_PAIR = (GRU, WITHOUT_RESET)
# Nets that are compared at several learning rates have other seeds than those that are reported.
_RATE_SEED = 1000


@dataclass(frozen=True)
class Sizes:
    """The sizes of a study.

    Attributes:
        seeds: Nets of each kind.
        widths: Units of the GRU whose number of parameters the nets match.
        batches: Batches of a training.
        other_batches: Other lengths of training, at the widths `long_widths`.
        long_widths: Widths of which the nets are also trained for other lengths.
        variant_width: Width of the nets on variants of the task, at several learning rates, and of
            those that are looked into.
        rate: Peak learning rate, the same for all nets.
        rates: Rates at which all nets are compared.
        rate_batches: Batches of a training in that comparison.
        rate_seeds: Nets of each kind in that comparison.
    """

    seeds: int = 8
    widths: tuple[int, ...] = (2, 4, 8, 16)
    batches: int = 1500
    other_batches: tuple[int, ...] = (500, 5000)
    long_widths: tuple[int, ...] = (4, 8)
    variant_width: int = 8
    rate: float = 1e-2
    rates: tuple[float, ...] = (2e-3, 5e-3, 1e-2, 2e-2, 4e-2, 8e-2)
    rate_batches: int = 750
    rate_seeds: int = 4


FAST = Sizes(
    seeds=2,
    widths=(2, 3),
    batches=6,
    other_batches=(3,),
    long_widths=(2,),
    variant_width=2,
    rates=(5e-3, 1e-2),
    rate_batches=3,
    rate_seeds=2,
)


class Study:
    """A study in its directory."""

    def __init__(self, sizes: Sizes, directory: Path) -> None:
        """Use the directory, which is created if it does not exist."""
        self._sizes, self._directory = sizes, directory
        directory.mkdir(parents=True, exist_ok=True)

    def run(self) -> dict[str, Any]:
        """Train what has not been trained yet, and return all figures."""
        sizes = self._sizes

        def errors(net: str, width: int, *, batches: int, variant: str = PLAIN) -> list[float]:
            return self._errors(self._training(net, width, batches=batches, variant=variant))

        by_width = {
            str(width): {net: errors(net, width, batches=sizes.batches) for net in NETS}
            for width in sizes.widths
        }
        by_length = {
            f"{width} units, {batches} batches": {
                net: errors(net, width, batches=batches) for net in _PAIR
            }
            for width in sizes.long_widths
            for batches in sorted({sizes.batches, *sizes.other_batches})
        }
        by_variant = {
            variant: {
                net: errors(net, sizes.variant_width, batches=sizes.batches, variant=variant)
                for net in _PAIR
            }
            for variant in VARIANTS
        }
        by_rate = {
            f"{rate:g}": {net: self._errors(self._at_rate(net, rate)) for net in NETS}
            for rate in sizes.rates
        }
        return {
            "seeds": sizes.seeds,
            "steps": LENGTH,
            "batches": sizes.batches,
            "longest": max(sizes.batches, *sizes.other_batches),
            "variant_width": sizes.variant_width,
            "rate": sizes.rate,
            "rate_batches": sizes.rate_batches,
            "rate_seeds": sizes.rate_seeds,
            "by_rate": _estimates(by_rate),
            "without_reset_by_gru_by_rate": _ratios(by_rate, WITHOUT_RESET),
            "sizes": self._layer_sizes(),
            "by_width": _estimates(by_width),
            "by_width_and_seed": by_width,
            "median_by_width": _medians(by_width),
            "without_reset_minus_gru": _differences(by_width, WITHOUT_RESET),
            "without_update_minus_gru": _differences(by_width, WITHOUT_UPDATE),
            "without_reset_by_gru": _ratios(by_width, WITHOUT_RESET),
            "by_length": _estimates(by_length),
            "without_reset_by_gru_by_length": _ratios(by_length, WITHOUT_RESET),
            "by_variant": _estimates(by_variant),
            "without_reset_minus_gru_by_variant": _differences(by_variant, WITHOUT_RESET),
            "without_reset_by_gru_by_variant": _ratios(by_variant, WITHOUT_RESET),
            "since_fixes": self._since_fixes(),
            "gates": self._gates(),
        }

    def _training(
        self, net: str, width: int, *, batches: int | None = None, variant: str = PLAIN
    ) -> Training:
        sizes = self._sizes
        return Training(variant, net, width, batches or sizes.batches, sizes.rate, sizes.seeds)

    def _at_rate(self, net: str, rate: float) -> Training:
        sizes = self._sizes
        return Training(
            PLAIN,
            net,
            sizes.variant_width,
            sizes.rate_batches,
            rate,
            sizes.rate_seeds,
            first_seed=_RATE_SEED,
        )

    def _since_fixes(self) -> dict[str, Any]:
        """Return the errors at fixes and after them, by net, kind of fix and number of steps."""
        found = {}
        for net in TRIO:
            training = self._training(net, self._sizes.variant_width)
            found[net] = _estimates(self._inside("since", training, errors_since_fixes))
        return found

    def _gates(self) -> dict[str, Any]:
        """Return what the GRU's gates do at fixes, and the error with one of them held there."""
        training = self._training(GRU, self._sizes.variant_width)
        values = self._inside("gates", training, gate_figures)
        changes = {
            name: paired(errors, values["as_it_is"]).model_dump()
            for name, errors in values.items()
            if name not in {*MEAN_GATES, "as_it_is"}
        }
        means = {name: estimate(errors).model_dump() for name, errors in values.items()}
        return {**means, "change_of_error": changes}

    def _inside(
        self,
        name: str,
        training: Training,
        measure: Callable[[StackedNets, Training], dict[str, Any]],
    ) -> dict[str, Any]:
        """Measure trained nets once."""
        return self._once(
            f"{name}-{training.name}.json", lambda: measure(self._nets(training), training)
        )

    def _layer_sizes(self) -> dict[str, dict[str, list[int]]]:
        """Return units and parameters of every net at every width."""

        def sizes_of(net: str, width: int) -> list[int]:
            trained = self._trained(self._training(net, width))
            return [trained["units"], trained["parameters"]]

        return {
            str(width): {net: sizes_of(net, width) for net in NETS} for width in self._sizes.widths
        }

    def _errors(self, training: Training) -> list[float]:
        errors: list[float] = self._trained(training)["errors"]
        return errors

    def _trained(self, training: Training) -> dict[str, Any]:
        return self._once(f"{training.name}.json", lambda: self._train(training))

    def _train(self, training: Training) -> dict[str, Any]:
        nets, figures = train(training)
        save_file(nets.state_dict(), self._weights(training))
        return figures

    def _nets(self, training: Training) -> StackedNets:
        """Return nets with the weights of their training."""
        if not self._weights(training).is_file():
            self._train(training)
        nets = StackedNets(training.net, hidden_size=training.width, seeds=training.all_seeds)
        nets.load_state_dict(load_file(self._weights(training)))
        return nets

    def _weights(self, training: Training) -> Path:
        return self._directory / f"{training.name}.safetensors"

    def _once(self, name: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        path = self._directory / name
        if not path.is_file():
            write_json(compute(), path)
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return stored


Errors = dict[str, dict[str, list[float]]]  # by row, by net: the error of each training


def _estimates(errors: Errors) -> dict[str, dict[str, Any]]:
    return {
        row: {net: estimate(values).model_dump() for net, values in nets.items()}
        for row, nets in errors.items()
    }


def _differences(errors: Errors, net: str) -> dict[str, Any]:
    """Return the error of a net minus the GRU's, by row, over pairs of the same seed."""
    return {row: paired(nets[net], nets[GRU]).model_dump() for row, nets in errors.items()}


def _ratios(errors: Errors, net: str) -> dict[str, Any]:
    """Return the error of a net divided by the GRU's, by row, over pairs of the same seed."""
    return {row: paired_ratio(nets[net], nets[GRU]).model_dump() for row, nets in errors.items()}


def _medians(errors: Errors) -> dict[str, dict[str, float]]:
    return {
        row: {net: float(np.median(values)) for net, values in nets.items()}
        for row, nets in errors.items()
    }
