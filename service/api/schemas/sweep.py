"""Request and response of /explain/sweep."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict  # Pydantic needs it before Python 3.12

from gatewise.models.explain.interventions import Gate
from gatewise.models.explain.sweep import SWEEP_VALUES, SweepValue
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.schemas.common import (
    CONVENTION_DESCRIPTION,
    Convention,
    Label,
    ModelChoice,
    Natural,
    Notation,
    PredictionRecord,
    RequestBody,
    RequestModel,
    Share,
    Text,
)
from gatewise.service.api.schemas.described import described
from gatewise.service.api.schemas.explain import GateValue

MAX_SWEEP_VALUES = 32

_DEFAULT_VALUES = ",".join(f"{value}" for value in SWEEP_VALUES)
_NUMBER = r"(0(\.[0-9]{1,17})?|1(\.0{1,17})?)"
_VALUE = rf"({_NUMBER}|average)"
_VALUES_PATTERN = rf"^{_VALUE}(,{_VALUE}){{0,{MAX_SWEEP_VALUES - 1}}}$"
_VALUES_MESSAGE = (
    f"Must be 1 to {MAX_SWEEP_VALUES} values such as `0,0.5,average`, separated by commas: numbers "
    "from 0 to 1, or `average`."
)
_VALUES_DESCRIPTION = (
    f"Values of the gate, at most {MAX_SWEEP_VALUES}: numbers from 0 to 1, for the update gate in "
    "the stated convention; or `average`, the mean of each unit over validation reviews."
)
_FIRST_DESCRIPTION = "First token at which the gate is held, numbered from 0 as in the response."
_LAST_DESCRIPTION = "Last token at which the gate is held, which is included."


def _values_text(value: str) -> str:
    if not re.fullmatch(_VALUES_PATTERN, value, re.ASCII):
        raise PydanticCustomError("sweep_values", _VALUES_MESSAGE)
    return value


class SweepOptions(RequestModel):
    """What a URL and a body have in common."""

    text: Text = Field(
        description="The review. Send long reviews by POST.", examples=[EXAMPLES[0].text]
    )
    gate: Gate = Field(description="Which gate is held, at all units.", examples=["reset"])
    convention: Convention = Field("pytorch", description=CONVENTION_DESCRIPTION)
    model: ModelChoice = None


class SweepQuery(SweepOptions):
    """The request as a URL."""

    first: int = Field(ge=0, description=_FIRST_DESCRIPTION, examples=[54])
    last: int = Field(ge=0, description=_LAST_DESCRIPTION, examples=[60])
    values: Annotated[
        str,
        AfterValidator(_values_text),
        Field(json_schema_extra={"pattern": _VALUES_PATTERN}),
    ] = Field(
        _DEFAULT_VALUES,
        description=f"{_VALUES_DESCRIPTION} Separated by commas.",
        examples=["0,0.5,1,average"],
    )

    @property
    def stops(self) -> list[SweepValue]:
        """The values, in order."""
        return [
            "average" if value == "average" else float(value) for value in self.values.split(",")
        ]


class SweepBody(SweepOptions, RequestBody):
    """The request as a body."""

    first: Natural = Field(description=_FIRST_DESCRIPTION)
    last: Natural = Field(description=_LAST_DESCRIPTION)
    values: Annotated[list[GateValue], Field(min_length=1, max_length=MAX_SWEEP_VALUES)] = Field(
        list(SWEEP_VALUES), description=_VALUES_DESCRIPTION
    )

    @property
    def stops(self) -> list[SweepValue]:
        """The values, in order."""
        return self.values


@described
class SweepToken(TypedDict):
    """One token of the text."""

    text: str
    """The token as it is spelled in the text."""
    start: int
    """Position of its first character, in Unicode code points."""
    end: int
    """Position after its last character."""
    known: bool
    """Whether the word is in the vocabulary."""


class SweepRunRecord(TypedDict):
    """One run of the text.

    Its descriptions are annotations, because records that extend it do not inherit docstrings.
    """

    probability_positive: Annotated[Share, Field(description="Probability of positive.")]
    logit: Annotated[float, Field(description="Log-odds of positive.")]
    label: Annotated[Label, Field(description="The more probable label.")]
    running: Annotated[
        list[Share],
        Field(description="Probability of positive if the text ended at each token."),
    ]


@described
class SweepStop(SweepRunRecord):
    """The run with the gate held at one value."""

    value: Share | Literal["average"]
    """The value, as it was requested."""


@dataclass(frozen=True)
class SweepRecord(PredictionRecord):
    """The prediction, and what it would be with a gate held at other values over some tokens."""

    text: Annotated[str, Field(description="The text, as it was sent.")]
    gate: Annotated[Gate, Field(description="The gate that was held.")]
    first: Annotated[int, Field(description="First token at which it was held.")]
    last: Annotated[int, Field(description="Last token at which it was held.")]
    convention: Annotated[
        Convention, Field(description="Convention of the update gate in this response.")
    ]
    notation: Annotated[
        Notation, Field(description="Symbols and equations of the gates in this response.")
    ]
    tokens: Annotated[list[SweepToken], Field(description="The tokens of the text.")]
    as_it_was: Annotated[SweepRunRecord, Field(description="The run without intervention.")]
    stops: Annotated[
        list[SweepStop], Field(description="One run for each value, in the order of the request.")
    ]
