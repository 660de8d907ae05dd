"""Request and response of /explain/diff. The response is a record, as that of /explain."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # Pydantic needs it before Python 3.12

from gatewise.models.explain.alignment import Kind
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.schemas.common import (
    ATTRIBUTION_DESCRIPTION,
    CONVENTION_DESCRIPTION,
    Convention,
    ModelChoice,
    Notation,
    PredictionRecord,
    RequestBody,
    RequestModel,
    Text,
)
from gatewise.service.api.schemas.described import described
from gatewise.service.api.schemas.explanation import (
    LogitDecomposition,
    TokenDecomposition,
    TokenRecord,
    Unusual,
)
from gatewise.service.engine.served_model import ModelName

EDITED_EXAMPLE = EXAMPLES[0].text.replace("really boring", "never boring")


class DiffQuery(RequestModel):
    """The request as a URL."""

    text: Text = Field(
        description="The review. Send long reviews by POST.", examples=[EXAMPLES[0].text]
    )
    other: Text = Field(
        description="The review to compare it with: an edited version, or any other review.",
        examples=[EDITED_EXAMPLE],
    )
    attribution: bool | None = Field(None, description=ATTRIBUTION_DESCRIPTION)
    convention: Convention = Field("pytorch", description=CONVENTION_DESCRIPTION)
    model: ModelChoice = None


class DiffBody(DiffQuery, RequestBody):
    """The request as a body."""


@described
class GateChange(TypedDict):
    """The difference of one gate between two aligned tokens, over all hidden units."""

    mean: float
    """Mean gate of the other text − mean gate of the text, in the stated convention."""
    distance: Annotated[float, Field(ge=0, le=1)]
    """Mean absolute difference of a unit's gate. Gates may change while their mean does not."""


@described
class DiffRow(TypedDict):
    """One or two aligned tokens. Every change is the value of the other text − that of the text."""

    kind: Kind
    """`same`: the same word. `changed`: another word instead. `removed`: only in the text.
    `added`: only in the other text.
    """
    token: int | None
    """Number of the token in the text; `null` if added."""
    other_token: int | None
    """Number in the other text; `null` if removed."""
    attribution: float | None
    """Change of the attribution; a missing token has 0. `null` as in the texts."""
    decomposition: TokenDecomposition
    """Change of the contribution; a missing token contributes 0."""
    running_probability: float | None
    """Change of the running probability; `null` without a pair of tokens."""
    reset: GateChange | None
    """Reset gate; `null` without a pair of tokens."""
    update: GateChange | None
    """Update gate; `null` without a pair of tokens."""


@dataclass(frozen=True)
@described
class DiffChange:
    """The change of the prediction. The changes of all rows and the residual sum to `logit`."""

    logit: float
    """Logit of the other text − logit of the text."""
    probability: float
    """Change of the probability of positive."""
    label_changes: bool
    """Whether the labels differ."""
    edited_tokens: float
    """Part of the change that comes from rows other than `same`."""
    same_tokens: float
    """Part that comes from words of both texts, which contribute differently because the state
    before them or the gates after them differ.
    """
    residual: float
    """Rounding error of the sum."""


@dataclass(frozen=True)
class DiffText(PredictionRecord):
    """One of the two texts, as in the response of /explain."""

    text: str
    decomposition: LogitDecomposition
    tokens: list[TokenRecord]


@dataclass(frozen=True)
@described
class DiffRecord:
    """Two texts, compared token by token."""

    convention: Convention
    """Convention of every update gate in this response."""
    notation: Notation
    """Symbols and equations of the gates in this response."""
    unusual: Unusual
    """The limits of the flags."""
    text: DiffText
    """The text, as in /explain."""
    other: DiffText
    """The other text, as in /explain."""
    change: DiffChange
    """The change as a whole."""
    rows: list[DiffRow]
    """In order; every token of both texts occurs once."""
    model: ModelName
