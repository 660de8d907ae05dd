"""Converts the interventions of a request to those of the model."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from gatewise.models import Intervention
from gatewise.models.errors import InterventionError
from gatewise.models.explain.interventions import check_intervention
from gatewise.models.gate_statistics import GateStatistics
from gatewise.service.api.explanation.notation import in_convention
from gatewise.service.api.schemas.common import Convention
from gatewise.service.api.schemas.explain import InterventionRequest
from gatewise.service.http.problems import ErrorItem, invalid_request


def read_interventions(
    requests: Sequence[InterventionRequest],
    *,
    tokens: int,
    convention: Convention,
    statistics: GateStatistics,
) -> list[Intervention]:
    """Return the interventions in the form that `Predictor.explain` takes.

    Args:
        requests: The interventions of the request.
        tokens: Number of tokens of the text.
        convention: Convention of the update gates in the request.
        statistics: Gate statistics of the model, for `average`.

    Raises:
        ProblemError: An intervention does not fit the text or the network (422).
    """
    interventions, errors = [], []
    for index, request in enumerate(requests):
        try:
            intervention = Intervention(
                gate=request.gate,
                value=_value(request, convention, statistics),
                tokens=_tokens(request.tokens),
                units=request.units,
            )
            check_intervention(intervention, tokens=tokens, units=len(statistics.mean_reset))
            interventions.append(intervention)
        except InterventionError as error:
            errors.append(ErrorItem(detail=str(error), pointer=f"#/interventions/{index}"))
    if errors:
        raise invalid_request(errors)
    return interventions


def _value(
    request: InterventionRequest, convention: Convention, statistics: GateStatistics
) -> float | Float32[np.ndarray, " H"]:
    if request.value == "average":
        return statistics.mean_reset if request.gate == "reset" else statistics.mean_update
    return in_convention(request.value, convention) if request.gate == "update" else request.value


def _tokens(selection: str | list[int]) -> Sequence[int] | None:
    if isinstance(selection, list):
        return selection
    if selection == "all":
        return None
    first, last = map(int, selection.split("-"))
    if first > last:
        raise InterventionError(
            f"The range of tokens {first}-{last} is empty. Put the first token first."
        )
    return range(first, last + 1)
