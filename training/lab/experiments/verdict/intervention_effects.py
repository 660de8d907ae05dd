"""The effects of interventions at the verdict over many stories, with intervals over plots."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from gatewise.training.lab.experiments.verdict.gate_interventions import Response
from gatewise.training.lab.report.bootstrap import bootstrap, grouped_share
from gatewise.training.lab.report.estimates import Estimate

PLAIN = "none"
"""The name of a run without intervention, among the interventions."""
# Variances of logits below this are rounding errors.
_ROUNDING = 1e-9


def flips_undone(responses: Sequence[Response], intervention: str) -> Estimate | None:
    """Estimate the share of flips that an intervention undoes; None if there are no flips."""
    flipped = [response for response in responses if response.flipped]
    if not flipped:
        return None
    return grouped_share(_plots(flipped), [response.undone(intervention) for response in flipped])


def undone_more_than(
    responses: Sequence[Response], intervention: str, other: str
) -> Estimate | None:
    """Estimate the difference of the shares of flips that two interventions undo."""
    flipped = [response for response in responses if response.flipped]
    if not flipped:
        return None
    difference = np.array(
        [float(response.undone(intervention)) - response.undone(other) for response in flipped]
    )  # (N,)
    return bootstrap(_plots(flipped), lambda weights: weights @ difference / weights.sum(axis=1))


def share_lost(responses: Sequence[Response], intervention: str) -> Estimate | None:
    """Estimate the share of the flips' change of the logit that an intervention removes.

    Both changes are summed over all flips before they are divided.
    """
    flipped = [response for response in responses if response.flipped]
    if not flipped:
        return None
    changed = np.array([response.after - response.before for response in flipped])  # (N,)
    lost = np.array(
        [response.after - response.intervened[intervention] for response in flipped]
    )  # (N,)
    return bootstrap(_plots(flipped), lambda weights: weights @ lost / (weights @ changed))


def slope(responses: Sequence[Response], intervention: str) -> Estimate:
    """Estimate the slope of the final logit on the running logit before the verdict.

    With a slope of 1 the verdict adds the same to every plot; with a slope of 0 nothing of the plot
    is left.

    Args:
        responses: Responses to texts with the same verdict.
        intervention: The intervention, or `PLAIN`.
    """
    return bootstrap(_plots(responses), lambda weights: _slopes(weights, responses, intervention))


def slope_difference(responses: Sequence[Response], intervention: str) -> Estimate:
    """Estimate the slope under an intervention minus that without one."""
    return bootstrap(
        _plots(responses),
        lambda weights: (
            _slopes(weights, responses, intervention) - _slopes(weights, responses, PLAIN)
        ),
    )


def _slopes(
    weights: Float64[np.ndarray, "R N"], responses: Sequence[Response], intervention: str
) -> Float64[np.ndarray, " R"]:
    before = np.array([response.before for response in responses])  # (N,)
    after = np.array([_final(response, intervention) for response in responses])  # (N,)
    total = weights.sum(axis=1)  # (R,)
    mean_before, mean_after = weights @ before / total, weights @ after / total  # (R,) each
    covariance = weights @ (before * after) / total - mean_before * mean_after  # (R,)
    variance = weights @ before**2 / total - mean_before**2  # (R,)
    # A resample of a single plot has no slope, but may have a variance of rounding errors.
    enough = variance > _ROUNDING
    return np.divide(covariance, variance, out=np.full(len(weights), np.nan), where=enough)


def _final(response: Response, intervention: str) -> float:
    return response.after if intervention == PLAIN else response.intervened[intervention]


def _plots(responses: Sequence[Response]) -> list[str]:
    return [response.story.plot for response in responses]
