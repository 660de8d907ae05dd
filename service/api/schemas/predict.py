"""Request and response of /predict."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from gatewise.service.api.schemas.common import (
    Label,
    ModelChoice,
    Positive,
    PredictionRecord,
    RequestBody,
    Share,
    Text,
    text_or_list,
)

_TextList = Annotated[list[Text], Field(min_length=1, fail_fast=True)]
_Texts = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[_TextList, Tag("<list>")],
    Discriminator(
        text_or_list,
        custom_error_type="text_type",
        custom_error_message="Must be a string, or a list of strings.",
    ),
]


def _texts_or_inputs(value: Any) -> str | None:
    if not isinstance(value, dict) or ("text" in value) == ("inputs" in value):
        return None
    return "<texts>" if "text" in value else "<inputs>"


class TextRequest(RequestBody):
    """One review, or a list of reviews."""

    text: _Texts = Field(description="A review, or a list of reviews.")
    model: ModelChoice = None


def _refused(value: object, *, reason: str) -> BeforeValidator:
    """Return a validator that refuses one value of a field with a reason."""

    def check(given: Any) -> Any:
        if type(given) is type(value) and given == value:
            raise PydanticCustomError("unsupported_value", "{reason}", {"reason": reason})
        return given

    return BeforeValidator(check)


_NO_RAW_SCORES = (
    "Raw scores are not returned, only probabilities. /explain returns the logit, in "
    "`decomposition.logit`."
)
# No value of these fields changes the response, because what they concern does not exist here.
_Truncation = Annotated[
    bool | str | None,
    Field(description="No effect: texts are processed completely or refused, never truncated."),
]
_Ignored = Annotated[bool | None, Field(description="No effect.")]


class InputsParameters(RequestBody):
    """Parameters that Hugging Face clients send."""

    top_k: Positive | None = Field(
        None, description="Number of labels to return, best first. There are two."
    )
    function_to_apply: Annotated[
        Literal["sigmoid", "softmax"] | None, _refused("none", reason=_NO_RAW_SCORES)
    ] = Field(None, description="With one logit for two labels, both give the same probabilities.")
    return_all_scores: bool | None = Field(
        None,
        description="The old name of `top_k`: true for both labels, false for the best one. "
        "`top_k` takes precedence.",
    )
    truncation: _Truncation = None
    max_length: Positive | None = Field(
        None, description="No effect: it is the length that a text would be truncated to."
    )
    padding: Annotated[
        bool | str | None, Field(description="No effect: texts of a batch are not padded.")
    ] = None

    @property
    def labels(self) -> int | None:
        """Number of labels to return; None for both."""
        return 1 if self.top_k is None and self.return_all_scores is False else self.top_k


class InputsOptions(RequestBody):
    """Options of the Hugging Face Inference API. The model is always loaded, and nothing cached."""

    wait_for_model: _Ignored = None
    use_cache: _Ignored = None


class InputsRequest(RequestBody):
    """The same in the format of Hugging Face clients; the response has their format, too.

    Fields of Text Embeddings Inference are accepted, too, if they change nothing.
    """

    inputs: _Texts = Field(description="A review, or a list of reviews.")
    parameters: InputsParameters | None = Field(None, description="Parameters.")
    options: InputsOptions | None = Field(None, description="Options.")
    model: ModelChoice = None
    truncate: _Truncation = None
    truncation_direction: Annotated[str | None, Field(description="No effect.")] = None
    raw_scores: Annotated[Literal[False] | None, _refused(True, reason=_NO_RAW_SCORES)] = Field(
        None, description="Only probabilities are returned."
    )


PredictRequest = Annotated[
    Annotated[TextRequest, Tag("<texts>")] | Annotated[InputsRequest, Tag("<inputs>")],
    Discriminator(
        _texts_or_inputs,
        custom_error_type="text_xor_inputs",
        custom_error_message="Send a JSON object with exactly one of 'text' and 'inputs'.",
    ),
]


@dataclass(frozen=True)
class PredictResponse(PredictionRecord):
    """The prediction for one text."""

    tokens: Annotated[int, Field(ge=1, description="Number of tokens of the text.")]


class LabelScore(BaseModel):
    """A label and its probability, in the format of Hugging Face clients."""

    label: Label
    score: Share
