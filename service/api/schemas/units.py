"""Requests and responses of /units."""

from typing import Literal

from pydantic import BaseModel, Field

from gatewise.service.api.schemas.common import (
    CONVENTION_DESCRIPTION,
    Convention,
    ModelChoice,
    RequestModel,
)
from gatewise.service.engine.served_model import ModelName


class UnitsQuery(RequestModel):
    """Options for all responses about units."""

    convention: Convention = Field("pytorch", description=CONVENTION_DESCRIPTION)
    model: ModelChoice = None


UnitOrder = Literal[
    "unit", "largest_contribution", "head_weight", "mean_reset", "mean_update", "half_life"
]

MAX_UNITS = 1_000


class UnitListQuery(UnitsQuery):
    """Which units are listed, and in which order."""

    word: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="List only units that have a word with this beginning among their `words`. "
        "Case does not matter.",
        examples=["bor"],
    )
    sort: UnitOrder = Field(
        "unit",
        description="Field that the units are sorted by. `largest_contribution` is compared by its "
        "absolute value. Units without a value come last; equal ones in the order of the network.",
    )
    descending: bool = Field(False, description="Whether the largest value comes first.")
    offset: int = Field(0, ge=0, description="Units to skip, after searching and sorting.")
    limit: int | None = Field(
        None,
        ge=1,
        le=MAX_UNITS,
        description="Units in the response. By default, all that are not skipped.",
    )


class UnitSummary(BaseModel):
    """One hidden unit, measured on validation reviews."""

    unit: int = Field(description="Number of the unit.")
    head_weight: float = Field(description="What a state of 1 in this unit adds to the logit.")
    mean_reset: float = Field(description="Mean of its reset gate over validation reviews.")
    mean_update: float = Field(description="Mean of its update gate, in the stated convention.")
    half_life: float | None = Field(
        description="Number of tokens after which, by its update gates, half of its state has been "
        "replaced. `null` if the model has no unit index."
    )


class Occurrence(BaseModel):
    """A word in a review at which a unit acted strongly, with its context."""

    value: float = Field(description="The gate, or the contribution to the logit.")
    before: str = Field(description="Up to six words before it.")
    word: str = Field(description="The word as it is spelled in the review.")
    after: str = Field(description="Up to six words after it.")


class Occurrences(BaseModel):
    """Where a unit acted most strongly, strongest first; each word once."""

    resets: list[Occurrence] = Field(
        description="Its reset gate is lowest: the old state is excluded from the candidate."
    )
    keeps: list[Occurrence] = Field(description="Its update gate keeps most of the old state.")
    writes: list[Occurrence] = Field(description="Its update gate takes most of the candidate.")
    contributes: list[Occurrence] = Field(
        description="What it writes there changes the final logit most."
    )


class Measured(BaseModel):
    """The reviews that a unit index was measured on."""

    source: str = Field(description="Origin of the reviews.")
    texts: int = Field(description="Number of reviews.")
    tokens: int = Field(description="Number of tokens, without the first of each review.")


class UnitWords(BaseModel):
    """The words at which a unit acted most strongly, strongest first; see `/units/{unit}`."""

    resets: list[str] = Field(description="Words at which its reset gate is lowest.")
    keeps: list[str] = Field(description="Words at which its update gate keeps most.")
    writes: list[str] = Field(description="Words at which its update gate takes most.")
    contributes: list[str] = Field(description="Words that change the final logit most by it.")


class ListedUnit(UnitSummary):
    """One hidden unit of the list, with the words at which it acts most."""

    largest_contribution: float | None = Field(
        description="The contribution to a final logit with the largest absolute value. `null` if "
        "the model has no unit index."
    )
    words: UnitWords | None = Field(description="`null` if the model has no unit index.")


class UnitsResponse(BaseModel):
    """The hidden units of the model, or those that were searched for."""

    convention: Convention = Field(description="Convention of every update gate in this response.")
    measured: Measured | None = Field(description="`null` if the model has no unit index.")
    total: int = Field(
        description="Number of units that were found, of which `units` may be a part."
    )
    units: list[ListedUnit]
    model: ModelName


class UnitResponse(UnitSummary):
    """One hidden unit, and where it acted most strongly."""

    convention: Convention = Field(description="Convention of every update gate in this response.")
    measured: Measured | None = Field(description="`null` if the model has no unit index.")
    places: Occurrences | None = Field(description="`null` if the model has no unit index.")
    model: ModelName
