"""Which hidden units a request selects."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from gatewise.models.errors import UnknownUnitError
from gatewise.service.http.problems import ErrorItem, invalid_request

TOP_UNITS = 32
UNIT_ARRAYS = 4  # reset, update, candidate, hidden

# `all`, `top`, `top:N`, a list such as `0,9,37`, or the numbers themselves.
Selection = str | list[int]


def count_units(selection: Selection, hidden_size: int) -> int:
    """Return the number of units that are selected.

    Raises:
        UnknownUnitError: A unit does not exist or is listed twice.
    """
    if selection == "all":
        return hidden_size
    if isinstance(selection, str) and selection.startswith("top"):
        count = int(selection[4:] or TOP_UNITS)
        if count > hidden_size:
            raise UnknownUnitError(
                f"The top {count:,} units do not exist: the network has {hidden_size:,}."
            )
        return count
    numbers = _listed(selection)
    unknown = [unit for unit in numbers if unit >= hidden_size]
    if unknown:
        raise UnknownUnitError(
            f"Unit {unknown[0]} does not exist: units are numbered 0 to {hidden_size - 1}."
        )
    if not numbers or len(set(numbers)) < len(numbers):
        raise UnknownUnitError("List at least one unit, and each only once.")
    return len(numbers)


def check_units(selection: Selection, hidden_size: int, location: Mapping[str, str]) -> int:
    """Return the number of units that are selected, as `count_units` does.

    Raises:
        ProblemError: A unit does not exist or is listed twice (422, at the given location).
    """
    try:
        return count_units(selection, hidden_size)
    except UnknownUnitError as error:
        raise invalid_request([ErrorItem(detail=str(error), **location)]) from error


def select_units(
    selection: Selection,
    final_hidden: Float[np.ndarray, " H"],
    head_weight: Float[np.ndarray, " H"],
) -> list[int]:
    """Return the numbers of the selected units.

    Args:
        selection: A selection that `check_units` has accepted.
        final_hidden: The last state of the text.
        head_weight: The weight of each unit in the head.

    Returns:
        The numbers in the order listed; for `top`, by how much each unit moved the logit.
    """
    if selection == "all":
        return list(range(len(final_hidden)))
    if isinstance(selection, str) and selection.startswith("top"):
        moved = np.abs(head_weight * final_hidden)  # (H,)
        ranked: list[int] = np.argsort(-moved, kind="stable").tolist()
        return ranked[: count_units(selection, len(final_hidden))]
    return _listed(selection)


def _listed(selection: Selection) -> list[int]:
    return [int(unit) for unit in selection.split(",")] if isinstance(selection, str) else selection
