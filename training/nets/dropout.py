"""Dropout for recurrent networks: the same dimensions are dropped for all tokens of a text."""

import torch
from jaxtyping import Float
from torch import Tensor


def drop_along(values: Float[Tensor, "B T D"], share: float) -> Float[Tensor, "B T D"]:
    """Drop a share of the dimensions of every text, the same ones for all of its tokens.

    The other values are scaled by 1 / (1 − share). A share of 0 draws no random numbers.
    """
    if not share:
        return values
    kept = torch.empty_like(values[:, :1]).bernoulli_(1 - share)  # (B, 1, D)
    return values * (kept / (1 - share))
