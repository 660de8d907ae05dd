"""The average of two networks of one lineage, weight by weight.

Weights that were trained further from others are often better, and hold more of what the others
could do, when they are averaged with them (Wortsman et al. 2022, arXiv 2109.01903).
"""

from dataclasses import fields

import numpy as np

from gatewise.models.weights import GRUParameters, NetworkWeights


def interpolate(trained: NetworkWeights, initial: NetworkWeights, share: float) -> NetworkWeights:
    """Average two networks.

    Args:
        trained: Weights of a fit.
        initial: The weights that it started from, of the same shapes.
        share: Weight of the initial ones, from 0 to 1.
    """

    def average(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        mean: np.ndarray = ((1 - share) * one + share * other).astype(one.dtype)
        return mean

    gru = {
        field.name: average(getattr(trained.gru, field.name), getattr(initial.gru, field.name))
        for field in fields(GRUParameters)
    }
    return NetworkWeights(
        embedding=average(trained.embedding, initial.embedding),
        gru=GRUParameters(**gru),
        head_weight=average(trained.head_weight, initial.head_weight),
        head_bias=(1 - share) * trained.head_bias + share * initial.head_bias,
    )
