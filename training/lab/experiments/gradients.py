"""Experiment 2: how far back does a gradient reach? C8 and C13."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import Tensor

from training.lab.bench import Bench
from training.lab.cell import GatedCell
from training.lab.estimates import Estimate, estimate
from training.lab.experiments.base import Experiment
from training.lab.jobs import Job
from training.lab.kinds import CellKind
from training.lab.measures import gradient_norms
from training.lab.nets import CHRONO, ELMAN, GRU, LSTM, Reader
from training.lab.records import Chart, Finding, Outcome, Series, Supports, Table

NAME = "gradients"
_NETS = [ELMAN, GRU, CHRONO, LSTM]
_BEFORE, _AFTER = "before training", "after training"
# The recurrent weights of an untrained Elman net, made larger: towards explosion.
_SCALES = (2.0, 4.0)
# A gradient that is a thousandth, or a thousand times, of what it was has vanished or exploded.
_DECADES = 3.0
_POINTS = 40
_STEPS_OF_PROOF, _SIZE_OF_PROOF = 200, 32

Curves = dict[str, Float64[np.ndarray, "N T"]]  # log10 of norms by distance, a row for each seed


def _jobs(bench: Bench) -> list[Job]:
    return bench.jobs("reviews", _NETS)


def _run(bench: Bench) -> Outcome:
    ids = _texts(bench)
    state, word = _measure_all(bench, ids)
    farthest = ids.shape[1] - 1
    distances = sorted({min(distance, farthest) for distance in (10, 50, farthest)})
    reach = {
        name: {str(d): estimate(rows[:, d] - rows[:, 0]) for d in distances}
        for name, rows in state.items()
    }
    last = str(farthest)
    supports = _supports(reach, last)
    answer = (
        f"{farthest} tokens back the gradient with respect to the state of the Elman RNN is "
        f"{_times(reach[f'{ELMAN}, {_BEFORE}'][last])} of that at the end before training and "
        f"{_times(reach[f'{ELMAN}, {_AFTER}'][last])} after it; of the GRU, "
        f"{_times(reach[f'{GRU}, {_BEFORE}'][last])} and "
        f"{_times(reach[f'{GRU}, {_AFTER}'][last])}; of the GRU with chrono biases, "
        f"{_times(reach[f'{CHRONO}, {_BEFORE}'][last])} and "
        f"{_times(reach[f'{CHRONO}, {_AFTER}'][last])}. Much of it is how a net begins: of an "
        f"untrained Elman RNN whose recurrent weights are doubled it is "
        f"{_times(reach[f'{ELMAN}, weights × 2, {_BEFORE}'][last])}."
    )
    figures: dict[str, Any] = {
        "log10_of_state_gradient_against_the_end": {
            name: {distance: value.model_dump() for distance, value in row.items()}
            for name, row in reach.items()
        },
        "log10_of_word_gradient_against_the_last_word": {
            name: {str(d): estimate(rows[:, d] - rows[:, 0]).model_dump() for d in distances}
            for name, rows in word.items()
        },
        "texts": len(ids),
    }
    question = "Does a plain RNN's gradient vanish or explode with distance, and does a GRU's not?"
    return Outcome(
        name=NAME,
        title="How far back does a gradient reach?",
        question=question,
        method=(
            f"The last logit of {len(ids)} held-out reviews of {ids.shape[1]} tokens is followed "
            "back to every state and every word vector, by automatic differentiation in double "
            "precision. The norms are averaged over reviews on a log scale, before and after "
            "training, for each seed. Besides PyTorch's initialisation there are chrono biases, "
            "which begin with update gates spread from short to long memories, and untrained "
            "Elman nets whose recurrent weights were made larger."
        ),
        answer=answer,
        limits=(
            "The state of the LSTM is h and c together. The nets had half of their loss at every "
            "token, so that training reached early states directly; a net that learns from the "
            "last state alone depends on these gradients more."
        ),
        charts=[
            _chart("gradient_state", "Gradient of the last logit by state", state),
            _chart("gradient_word", "Gradient of the last logit by word vector", word),
        ],
        tables=[
            Table(
                title="log10 of the state's gradient, against that at the end",
                header=["net", *(f"{d} tokens back" for d in distances)],
                rows=[
                    [name, *(value.number(1) for value in row.values())]
                    for name, row in reach.items()
                ],
            )
        ],
        findings={
            "C8": Finding(
                question=question,
                answer=answer,
                figures=figures,
                supports=supports,
                rule=(
                    f"yes if the untrained Elman net's gradient changes by 10^{_DECADES:.0f} or "
                    "more over the text and the trained GRU's changes less than the trained Elman "
                    "net's; partly if only one of these; no if neither"
                ),
            ),
            "C13": _all_kept(),
        },
    )


def _texts(bench: Bench) -> Int[Tensor, "B T"]:
    """Take held-out reviews that fill the whole length, or the longest of them."""
    length = bench.options.max_tokens
    long = [ids[-length:] for ids in bench.data.validation.ids if len(ids) >= length]
    if not long:
        length = max(len(ids) for ids in bench.data.validation.ids)
        long = [ids for ids in bench.data.validation.ids if len(ids) == length]
    return torch.from_numpy(np.stack(long[: bench.options.gradient_texts]))


def _measure_all(bench: Bench, ids: Int[Tensor, "B T"]) -> tuple[Curves, Curves]:
    nets: dict[str, list[Reader]] = {}
    for net in _NETS:
        nets[f"{net}, {_BEFORE}"] = bench.untrained("reviews", net)
        nets[f"{net}, {_AFTER}"] = bench.trained("reviews", net)
    for scale in _SCALES:
        nets[f"{ELMAN}, weights × {scale:.0f}, {_BEFORE}"] = [
            _scaled(reader, scale) for reader in bench.untrained("reviews", ELMAN)
        ]
    measured = {name: [gradient_norms(net, ids) for net in row] for name, row in nets.items()}

    def curves(part: Callable[..., np.ndarray]) -> Curves:
        """Average over texts on a log scale, and count distance from the end."""
        return {
            name: np.stack([np.log10(part(norms)).mean(axis=0)[::-1] for norms in row])
            for name, row in measured.items()
        }

    return curves(lambda norms: norms.state), curves(lambda norms: norms.word)


def _scaled(reader: Reader, scale: float) -> Reader:
    larger = deepcopy(reader)
    with torch.no_grad():
        larger.cell.weight_hh.mul_(scale)
    return larger


def _supports(reach: dict[str, dict[str, Estimate]], last: str) -> Supports:
    def decades(name: str) -> float:
        return abs(reach[name][last].mean)

    changes = decades(f"{ELMAN}, {_BEFORE}") >= _DECADES
    reaches = decades(f"{GRU}, {_AFTER}") < decades(f"{ELMAN}, {_AFTER}")
    if changes and reaches:
        return "yes"
    return "partly" if changes or reaches else "no"


def _times(decades: Estimate) -> str:
    """Say a power of ten as a share."""
    return f"{10**decades.mean:.1e}"


def _chart(name: str, title: str, curves: Curves) -> Chart:
    length = next(iter(curves.values())).shape[1]
    shown = np.unique(np.linspace(0, length - 1, _POINTS).astype(int))
    return Chart(
        name=name,
        title=title,
        kind="lines",
        x_title="tokens back from the end",
        y_title="norm of the gradient, geometric mean",
        series=[
            Series(
                name=label,
                x=shown.astype(float).tolist(),
                y=(10 ** rows.mean(axis=0)[shown]).tolist(),
            )
            for label, rows in curves.items()
        ],
        y_log=True,
    )


def _all_kept() -> Finding:
    """Hold the update gate of a random GRU at 1 for many words: what changes?"""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        cell = GatedCell(
            CellKind(), embedding_size=_SIZE_OF_PROOF, hidden_size=_SIZE_OF_PROOF
        ).double()
        words = torch.randn(_STEPS_OF_PROOF, 1, _SIZE_OF_PROOF, dtype=torch.float64)
        start = torch.randn(1, _SIZE_OF_PROOF, dtype=torch.float64, requires_grad=True)
        direction = torch.randn(1, _SIZE_OF_PROOF, dtype=torch.float64)
    with torch.no_grad():
        cell.bias_ih[cell.block("update")] = 1e4  # σ of that is 1 to the last digit
    hidden = start
    for word in words:
        hidden = cell.step(word, hidden).hidden  # (1, H)
    [gradient] = torch.autograd.grad(hidden, start, direction)
    moved = float((hidden - start).detach().abs().max())
    changed = float((gradient - direction).abs().max())
    return Finding(
        question="With the update gate at 1 everywhere, is nothing forgotten, and does the "
        "gradient pass unchanged?",
        answer=(
            f"After {_STEPS_OF_PROOF} words with the update gate at 1 the state differs from "
            f"where it began by {moved:.0e} and its gradient by {changed:.0e}."
        ),
        figures={
            "words": _STEPS_OF_PROOF,
            "largest_change_of_state": moved,
            "largest_change_of_gradient": changed,
        },
        supports="yes" if moved == changed == 0 else "no",
        rule="yes if both differences are exactly 0",
    )


EXPERIMENT = Experiment(NAME, ("C8", "C13"), _jobs, _run)
