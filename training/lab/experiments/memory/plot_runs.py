"""Runs of a shipped model over plots after openings, with gates held or with a path cut.

The state h_{t-1} enters a step in three places, and so what an opening has left in it can be
passed on in three ways: it is left standing by the update gate, z ⊙ h; it is recalled into the
candidate through the reset gate, r ⊙ (W_hn h + b_hn); and it changes the gates. A path is cut when
the state that enters there is not that of the run itself, but that of the run on the same plot
after the opposite opening. All values are then such as occur in ordinary runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.weights import NetworkWeights
from gatewise.training.lab.experiments.memory.openings import LENGTHS, OpeningTexts

PLAIN = "as it is"


@dataclass(frozen=True)
class Variation:
    """A way to run over a plot. Without arguments it is the ordinary one.

    Attributes:
        reset: Values at which the reset gates are held.
        update: Values at which the update gates are held.
        keeps: Whether the update gate keeps the run's own state, or that of the opposite run.
        recalls: Whether the candidate reads the run's own state, or that of the opposite run.
        gates: Whether the gates read the run's own state, or that of the opposite run.
    """

    reset: Float32[np.ndarray, " H"] | None = None
    update: Float32[np.ndarray, " H"] | None = None
    keeps: bool = True
    recalls: bool = True
    gates: bool = True


@dataclass(frozen=True)
class PlotRun:
    """Figures of all texts under one variation, by number of tokens of plot.

    Attributes:
        logits: Running logits.
        standing: Share of the state after the opening that the update gates have left standing.
    """

    logits: dict[int, Float64[np.ndarray, "P O"]]
    standing: dict[int, Float64[np.ndarray, "P O"]]


def run_over_plots(
    weights: NetworkWeights, texts: OpeningTexts, variations: Mapping[str, Variation]
) -> dict[str, PlotRun]:
    """Run a model over every plot after every opening, under each variation and without one.

    Args:
        weights: The model.
        texts: Openings and plots.
        variations: The variations by name.

    Returns:
        The runs by name, that without a variation as `PLAIN`.
    """
    parameters, head = weights.gru, weights.head_weight
    settings = {PLAIN: Variation(), **variations}
    plots, openings = len(texts.plots), len(texts.openings)
    first = np.tile(Recurrence(weights).last_states(texts.openings), (plots, 1))  # (N, H)
    opposite = np.concatenate(
        [np.array(texts.opposites) + plot * openings for plot in range(plots)]
    )  # (N,)
    states = dict.fromkeys(settings, first)  # (N, H) each
    kept = {name: np.ones_like(first, dtype=np.float64) for name in settings}  # Π z
    size = np.abs(head * first)  # (N, H)
    runs = {name: PlotRun({}, {}) for name in settings}
    for token in range(LENGTHS[-1] + 1):
        if token in LENGTHS:
            for name, run in runs.items():
                logits = states[name] @ head + weights.head_bias  # (N,)
                standing = (size * kept[name]).sum(axis=1) / size.sum(axis=1)  # (N,)
                run.logits[token] = logits.astype(np.float64).reshape(plots, openings)
                run.standing[token] = standing.reshape(plots, openings)
        if token == LENGTHS[-1]:
            break
        words = weights.embedding[texts.plots[:, token]]  # (P, E)
        from_word = np.repeat(words @ parameters.weight_ih.T + parameters.bias_ih, openings, axis=0)
        other = states[PLAIN][opposite]  # (N, H)
        products = {  # (N, 3H) each
            name: state @ parameters.weight_hh.T + parameters.bias_hh
            for name, state in states.items()
        }
        other_product = products[PLAIN][opposite]  # (N, 3H)
        for name, variation in settings.items():
            states[name], update = _step(
                from_word,
                gates_from=products[name] if variation.gates else other_product,
                recalled=products[name] if variation.recalls else other_product,
                kept=states[name] if variation.keeps else other,
                variation=variation,
            )
            kept[name] *= update
    return runs


def _step(
    from_word: Float32[np.ndarray, "N K"],
    *,
    gates_from: Float32[np.ndarray, "N K"],
    recalled: Float32[np.ndarray, "N K"],
    kept: Float32[np.ndarray, "N H"],
    variation: Variation,
) -> tuple[Float32[np.ndarray, "N H"], Float32[np.ndarray, "N H"]]:
    """Compute one step of all texts; return the new states and the update gates."""
    word_r, word_z, word_n = np.split(from_word, 3, axis=1)  # (N, H) each
    state_r, state_z, _ = np.split(gates_from, 3, axis=1)  # (N, H) each
    state_n = np.split(recalled, 3, axis=1)[2]  # (N, H)
    r = sigmoid(word_r + state_r) if variation.reset is None else variation.reset
    z = sigmoid(word_z + state_z) if variation.update is None else variation.update
    z = np.broadcast_to(z, kept.shape)  # (N, H)
    n = np.tanh(word_n + r * state_n)  # (N, H)
    return (1 - z) * n + z * kept, z
