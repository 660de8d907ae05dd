"""GET /units and /units/{unit}: what each hidden unit does, measured on many reviews."""

from collections.abc import Callable, Iterable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.unit_index import GATE_DECIMALS, KINDS, UnitIndex, UnitProfile
from gatewise.service.api.explanation.notation import in_convention
from gatewise.service.api.inference import Inference, InferenceDependency
from gatewise.service.api.schemas.common import Convention
from gatewise.service.api.schemas.units import (
    ListedUnit,
    Measured,
    Occurrences,
    UnitListQuery,
    UnitOrder,
    UnitResponse,
    UnitsQuery,
    UnitsResponse,
    UnitSummary,
    UnitWords,
)
from gatewise.service.http.fields import refuse_repeated_parameters
from gatewise.service.http.problems import ProblemError, inference_responses

router = APIRouter(tags=["model"])


@router.get(
    "/units", summary="All hidden units, or those of a word", responses=inference_responses()
)
async def units(
    inference: InferenceDependency, request: Request, query: Annotated[UnitListQuery, Query()]
) -> UnitsResponse:
    """Units with the means of their gates, the half-life of their memory, and their words."""
    refuse_repeated_parameters(request)
    inference.select(query.model, source="query")
    artifact, index = inference.predictor.artifact, await _unit_index(inference)
    listed = [
        _listed(artifact, index, unit, query.convention)
        for unit in range(inference.predictor.hidden_size)
    ]
    found = [each for each in listed if query.word is None or _has_word(each, query.word)]
    ordered = _sorted(found, query.sort, descending=query.descending)
    end = None if query.limit is None else query.offset + query.limit
    return UnitsResponse(
        convention=query.convention,
        measured=_measured(index),
        total=len(found),
        units=ordered[query.offset : end],
        model=inference.model,
    )


@router.get(
    "/units/{unit}",
    summary="One hidden unit, and where it acted most strongly",
    responses=inference_responses(404),
)
async def unit(
    inference: InferenceDependency,
    request: Request,
    unit: Annotated[int, Path(ge=0, description="Number of the unit.", examples=[37])],
    query: Annotated[UnitsQuery, Query()],
) -> UnitResponse:
    """Words in real reviews at which the unit resets, keeps, writes and contributes most."""
    refuse_repeated_parameters(request)
    inference.select(query.model, source="query")
    count = inference.predictor.hidden_size
    if unit >= count:
        raise ProblemError(
            404, "unknown-unit", f"Unit {unit} does not exist: they are numbered 0 to {count - 1}."
        )
    index = await _unit_index(inference)
    return UnitResponse(
        **_summary(inference.predictor.artifact, index, unit, query.convention).model_dump(),
        convention=query.convention,
        measured=_measured(index),
        places=_occurrences(index, unit, query.convention),
        model=inference.model,
    )


async def _unit_index(inference: Inference) -> UnitIndex | None:
    """Parse the index in a worker thread, since the first access takes a tenth of a second."""
    stored = inference.predictor.artifact.unit_index
    return await inference.run("units", lambda _: stored.index) if stored else None


def _measured(index: UnitIndex | None) -> Measured | None:
    return Measured(**index.model_dump(exclude={"units"})) if index else None


def _summary(
    artifact: Artifact, index: UnitIndex | None, unit: int, convention: Convention
) -> UnitSummary:
    gates = artifact.gates
    return UnitSummary(
        unit=unit,
        head_weight=float(artifact.weights.head_weight[unit]),
        mean_reset=float(gates.mean_reset[unit]),
        mean_update=in_convention(float(gates.mean_update[unit]), convention),
        half_life=index.units[unit].half_life if index else None,
    )


def _listed(
    artifact: Artifact, index: UnitIndex | None, unit: int, convention: Convention
) -> ListedUnit:
    profile = index.units[unit] if index else None
    return ListedUnit(
        **_summary(artifact, index, unit, convention).model_dump(),
        largest_contribution=_largest_contribution(profile),
        words=_words(profile),
    )


def _largest_contribution(profile: UnitProfile | None) -> float | None:
    # The first is the largest by absolute value.
    return profile.contributes[0].value if profile and profile.contributes else None


def _words(profile: UnitProfile | None) -> UnitWords | None:
    if profile is None:
        return None
    return UnitWords(**{kind: [place.word for place in getattr(profile, kind)] for kind in KINDS})


def _has_word(unit: ListedUnit, beginning: str) -> bool:
    wanted = beginning.casefold()
    words: Iterable[list[str]] = unit.words.model_dump().values() if unit.words else ()
    return any(word.casefold().startswith(wanted) for kind in words for word in kind)


def _sorted(units: list[ListedUnit], order: UnitOrder, *, descending: bool) -> list[ListedUnit]:
    """Sort by a field, stably; units without a value come last in both directions."""
    key: Callable[[float], float] = abs if order == "largest_contribution" else float
    known = [unit for unit in units if getattr(unit, order) is not None]
    unknown = [unit for unit in units if getattr(unit, order) is None]
    sign = -1 if descending else 1
    return [*sorted(known, key=lambda unit: sign * key(getattr(unit, order))), *unknown]


def _occurrences(index: UnitIndex | None, unit: int, convention: Convention) -> Occurrences | None:
    if index is None:
        return None
    profile = index.units[unit].model_dump(exclude={"half_life"})
    occurrences = Occurrences.model_validate(profile)
    for occurrence in (*occurrences.keeps, *occurrences.writes):
        # The stored values are rounded: without rounding, 1 − 0.99987 would not be 0.00013.
        occurrence.value = round(in_convention(occurrence.value, convention), GATE_DECIMALS)
    return occurrences
