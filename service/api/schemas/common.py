"""What several endpoints have in common in their requests and responses."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

from gatewise.models import Prediction
from gatewise.models.explain.account import DEFAULT_TOKENS
from gatewise.service.api.schemas.described import described
from gatewise.service.engine.served_model import ModelName

Label = Literal["negative", "positive"]
Convention = Literal["pytorch", "chung2014"]
Share = Annotated[float, Field(ge=0, le=1)]

CONVENTION_DESCRIPTION = (
    "Convention of the update gate, in request and response. `pytorch`: z, where 1 keeps the old "
    "state. `chung2014` (Chung et al. 2014 and some courses): u = 1 − z, where 1 takes the "
    "candidate. Nothing else differs."
)
ATTRIBUTION_DESCRIPTION = (
    "Whether to compute `attribution` and `without` of every token. It takes about as long "
    f"as ten predictions. By default, texts of up to {DEFAULT_TOKENS:,} tokens have them."
)
_MODEL_DESCRIPTION = (
    "Id of the model, as listed by `/info`. By default the first one, or another according to the "
    "shares of the traffic."
)
_UNITS_PATTERN = r"^(all|top(:[1-9][0-9]{0,5})?|[0-9]{1,6}(,[0-9]{1,6})*)$"


def text_or_list(value: Any) -> str | None:
    """Return the tag of the member of a union that a value belongs to."""
    if isinstance(value, str):
        return "<text>"
    return "<list>" if isinstance(value, list) else None


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# The tokenizer decides whether a text is valid; the pattern only documents it.
_VALID_TEXT = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
Text = Annotated[str, Field(json_schema_extra={"minLength": 1, "pattern": _VALID_TEXT})]
# JSON does not distinguish 5.0 from 5. The bound comes first, or OpenAPI would not contain it.
Natural = Annotated[int, Field(ge=0), BeforeValidator(_integral)]
Positive = Annotated[int, Field(ge=1), BeforeValidator(_integral)]

# The model that a request selects; see `Inference.select`.
ModelChoice = Annotated[str | None, Field(description=_MODEL_DESCRIPTION)]

UnitsText = Annotated[str, StringConstraints(pattern=_UNITS_PATTERN)]
UnitNumbers = Annotated[list[Natural], Field(min_length=1, fail_fast=True)]
UnitsOrList = Annotated[
    Annotated[UnitsText, Tag("<text>")] | Annotated[UnitNumbers, Tag("<list>")],
    Discriminator(
        text_or_list,
        custom_error_type="units_type",
        custom_error_message="Must be a string, or a list of unit numbers.",
    ),
]


class RequestModel(BaseModel):
    """Base class of requests: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class RequestBody(RequestModel):
    """Base class of request bodies: JSON values are not converted to other types."""

    model_config = ConfigDict(strict=True)


@dataclass(frozen=True)
class PredictionRecord:
    """The prediction for a text.

    Its descriptions are annotations, because classes that extend it do not inherit docstrings.
    """

    label: Annotated[Label, Field(description="The more probable label.")]
    score: Annotated[Share, Field(description="Its probability.")]
    probabilities: Annotated[
        dict[Label, Share], Field(description="The probabilities of both labels. Their sum is 1.")
    ]
    coverage: Annotated[
        Share,
        Field(
            description="Share of the words that are in the vocabulary; punctuation does not count."
        ),
    ]
    undecided: Annotated[
        bool,
        Field(
            description="Whether the model cannot score the text: it is unlike the texts that the "
            "model was trained on, or has few words and they are evidence for neither label. "
            "`warnings` has the reason; label and probabilities are what the network computed all "
            "the same."
        ),
    ]
    warnings: Annotated[
        list[str],
        Field(description="Reasons to doubt the prediction, as sentences; usually empty."),
    ]
    model: ModelName


def prediction_fields(prediction: Prediction, model: ModelName) -> dict[str, Any]:
    """Return the fields of a `PredictionRecord`, for every record that extends it."""
    return {
        "label": prediction.label,
        "score": prediction.score,
        "probabilities": prediction.probabilities,
        "coverage": prediction.coverage,
        "undecided": prediction.undecided,
        "warnings": list(prediction.warnings),
        "model": model,
    }


@dataclass(frozen=True)
@described
class Notation:
    """Symbols and equations of the gates in this response."""

    update_symbol: str
    """`z`, or `u` for 1 − z."""
    update_sense: str
    """Meaning of an update gate of 0 and of an update gate of 1."""
    reset: str
    """Equation of the reset gate."""
    update: str
    """Equation of the update gate."""
    candidate: str
    """Equation of the candidate."""
    hidden: str
    """Equation of the new state."""
