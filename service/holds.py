"""Holds as the API takes them, turned into holds of the model's."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from models import Hold
from models.errors import InterventionError
from models.intervene import check_hold
from models.statistics import GateStatistics
from service.explain_schemas import HoldRequest
from service.notation import in_convention
from service.problems import ErrorItem, invalid_request
from service.schemas import Convention


def read_holds(
    holds: Sequence[HoldRequest],
    *,
    tokens: int,
    convention: Convention,
    statistics: GateStatistics,
) -> list[Hold]:
    """Answer what `Predictor.explain` takes, for a text of so many tokens.

    Raises a `ProblemError` (422) that names each hold which cannot be.
    """
    found, errors = [], []
    for index, asked in enumerate(holds):
        try:
            hold = Hold(
                gate=asked.gate,
                value=_value(asked, convention, statistics),
                tokens=_tokens(asked.tokens),
                units=asked.units,
            )
            check_hold(hold, tokens=tokens, units=len(statistics.mean_reset))
            found.append(hold)
        except InterventionError as error:
            errors.append(ErrorItem(detail=str(error), pointer=f"#/holds/{index}"))
    if errors:
        raise invalid_request(errors)
    return found


def _value(
    asked: HoldRequest, convention: Convention, statistics: GateStatistics
) -> float | Float32[np.ndarray, " H"]:
    if asked.value == "average":
        return statistics.mean_reset if asked.gate == "reset" else statistics.mean_update
    return in_convention(asked.value, convention) if asked.gate == "update" else asked.value


def _tokens(asked: str | list[int]) -> Sequence[int] | None:
    if isinstance(asked, list):
        return asked
    if asked == "all":
        return None
    first, last = map(int, asked.split("-"))
    if first > last:
        raise InterventionError(
            f"The range of tokens {first}-{last} is empty. Give its first token first."
        )
    return range(first, last + 1)
