"""GET /units and /units/{unit}: what each hidden unit does, over many reviews."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from models.artifact import Artifact
from models.unit_index import GATE_DECIMALS, UnitIndex
from service.explain_schemas import CONVENTION_HELP
from service.inference import InferenceDependency
from service.notation import in_convention
from service.problems import ProblemError, inference_responses
from service.queries import refuse_repeated
from service.schemas import Convention, ModelName

router = APIRouter(tags=["model"])


class UnitsQuery(BaseModel):
    """How to report units."""

    model_config = ConfigDict(extra="forbid")

    convention: Convention = Field("pytorch", description=CONVENTION_HELP)


class UnitSummary(BaseModel):
    """One hidden unit over validation reviews."""

    unit: int = Field(description="Number of the unit.")
    head_weight: float = Field(
        description="What a state of 1 in this unit adds to the logit: its side, and how much."
    )
    mean_reset: float = Field(description="Average of its reset gate over validation reviews.")
    mean_update: float = Field(description="Average of its update gate, in the stated convention.")
    half_life: float | None = Field(
        description="Its memory: the tokens after which, by its update gates, half of what it held "
        "is gone. `null` if the model comes without an index."
    )


class OccurrenceReport(BaseModel):
    """A word at which a unit acted, with a few words on both sides."""

    value: float = Field(description="The gate, or the contribution to the logit.")
    before: str = Field(description="Up to six words before it.")
    word: str = Field(description="The word, in its own spelling.")
    after: str = Field(description="Up to six words after it.")


class PlacesReport(BaseModel):
    """Where a unit acts most, strongest first; each word once."""

    resets: list[OccurrenceReport] = Field(
        description="Reset gate lowest: the old state is kept out of the candidate."
    )
    keeps: list[OccurrenceReport] = Field(description="The update gate keeps most.")
    writes: list[OccurrenceReport] = Field(description="The update gate takes the candidate most.")
    contributes: list[OccurrenceReport] = Field(
        description="What it writes there moves the final logit most."
    )


class Measured(BaseModel):
    """What an index was measured on."""

    source: str = Field(description="Where the texts came from.")
    texts: int = Field(description="Number of texts.")
    tokens: int = Field(description="Number of tokens, the first of each text left out.")


class UnitsAnswer(BaseModel):
    """All hidden units of the model, in order."""

    convention: Convention = Field(description="Sense of every update gate in this answer.")
    measured: Measured | None = Field(description="`null` if the model comes without an index.")
    units: list[UnitSummary]
    model: ModelName


class UnitAnswer(UnitSummary):
    """One hidden unit, and where it acts most."""

    convention: Convention = Field(description="Sense of every update gate in this answer.")
    measured: Measured | None = Field(description="`null` if the model comes without an index.")
    places: PlacesReport | None = Field(description="`null` if the model comes without an index.")
    model: ModelName


@router.get("/units", summary="All hidden units", responses=inference_responses())
async def units(
    inference: InferenceDependency, request: Request, query: Annotated[UnitsQuery, Query()]
) -> UnitsAnswer:
    """List every unit with its average gates and its memory."""
    refuse_repeated(request)
    artifact, index = inference.predictor.artifact, await _index(inference)
    return UnitsAnswer(
        convention=query.convention,
        measured=_measured(index),
        units=[
            _summary(artifact, index, unit, query.convention)
            for unit in range(inference.predictor.hidden_size)
        ],
        model=inference.model,
    )


@router.get(
    "/units/{unit}",
    summary="One hidden unit, and where it acts most",
    responses=inference_responses(404),
)
async def unit(
    inference: InferenceDependency,
    request: Request,
    unit: Annotated[int, Path(ge=0, description="Number of the unit.", examples=[37])],
    query: Annotated[UnitsQuery, Query()],
) -> UnitAnswer:
    """Words in real reviews at which the unit resets, keeps, writes and contributes most."""
    refuse_repeated(request)
    count = inference.predictor.hidden_size
    if unit >= count:
        raise ProblemError(
            404, "unknown-unit", f"There is no unit {unit}: they are numbered 0 to {count - 1}."
        )
    index = await _index(inference)
    return UnitAnswer(
        **_summary(inference.predictor.artifact, index, unit, query.convention).model_dump(),
        convention=query.convention,
        measured=_measured(index),
        places=_places(index, unit, query.convention),
        model=inference.model,
    )


async def _index(inference: InferenceDependency) -> UnitIndex | None:
    """Read the index in a worker thread: the first time, it takes a tenth of a second."""
    stored = inference.predictor.artifact.unit_index
    return await inference.run("units", lambda: stored.index) if stored else None


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


def _places(index: UnitIndex | None, unit: int, convention: Convention) -> PlacesReport | None:
    if index is None:
        return None
    report = PlacesReport.model_validate(index.units[unit].model_dump(exclude={"half_life"}))
    for occurrence in (*report.keeps, *report.writes):
        # Rounded as the index is, so that 1 − 0.99987 is 0.00013.
        occurrence.value = round(in_convention(occurrence.value, convention), GATE_DECIMALS)
    return report
