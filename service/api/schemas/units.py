"""Request and responses of /units."""

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


class UnitsResponse(BaseModel):
    """All hidden units of the model, in order."""

    convention: Convention = Field(description="Convention of every update gate in this response.")
    measured: Measured | None = Field(description="`null` if the model has no unit index.")
    units: list[UnitSummary]
    model: ModelName


class UnitResponse(UnitSummary):
    """One hidden unit, and where it acted most strongly."""

    convention: Convention = Field(description="Convention of every update gate in this response.")
    measured: Measured | None = Field(description="`null` if the model has no unit index.")
    places: Occurrences | None = Field(description="`null` if the model has no unit index.")
    model: ModelName
