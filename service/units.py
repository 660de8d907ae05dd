"""Which hidden units to report, and their values."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from models.errors import UnknownUnitError
from service.problems import ErrorItem, invalid_request

TOP_UNITS = 32
UNIT_ARRAYS = 4  # reset, update, candidate, hidden

Selection = str | list[int]


def count_units(selection: Selection, hidden_size: int) -> int:
    """Count the units that `selection` asks for.

    Raises `UnknownUnitError` if it names a unit that the network lacks, or one unit twice.
    """
    if selection == "all":
        return hidden_size
    if isinstance(selection, str) and selection.startswith("top"):
        count = int(selection[4:] or TOP_UNITS)
        if count > hidden_size:
            raise UnknownUnitError(
                f"Cannot pick the top {count:,} units: the network has {hidden_size:,}."
            )
        return count
    ids = _named(selection)
    unknown = [unit for unit in ids if unit >= hidden_size]
    if unknown:
        raise UnknownUnitError(
            f"Unit {unknown[0]} does not exist: units are numbered 0 to {hidden_size - 1}."
        )
    if not ids or len(set(ids)) < len(ids):
        raise UnknownUnitError("Name at least one unit, and each only once.")
    return len(ids)


def check_units(selection: Selection, hidden_size: int, place: Mapping[str, str]) -> int:
    """Count as `count_units` does; raise a `ProblemError` (422) at `place` where it would raise."""
    try:
        return count_units(selection, hidden_size)
    except UnknownUnitError as error:
        raise invalid_request([ErrorItem(detail=str(error), **place)]) from error


def select_units(
    selection: Selection,
    final_hidden: Float[np.ndarray, " H"],
    head_weight: Float[np.ndarray, " H"],
) -> list[int]:
    """Answer the ids asked for, in the order named; `top` starts with what moved the logit most."""
    if selection == "all":
        return list(range(len(final_hidden)))
    if isinstance(selection, str) and selection.startswith("top"):
        moved = np.abs(head_weight * final_hidden)  # (H,)
        ranked: list[int] = np.argsort(-moved, kind="stable").tolist()
        return ranked[: count_units(selection, len(final_hidden))]
    return _named(selection)


def _named(selection: Selection) -> list[int]:
    return [int(unit) for unit in selection.split(",")] if isinstance(selection, str) else selection
