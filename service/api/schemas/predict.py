"""Request and response of /predict."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag

from gatewise.service.api.schemas.common import (
    Label,
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


class InputsParameters(RequestBody):
    """Options that Hugging Face clients send."""

    top_k: Positive | None = Field(
        None, description="Number of labels to return, best first. There are two."
    )
    function_to_apply: Literal["sigmoid", "softmax"] | None = Field(
        None, description="With one logit for two labels, both give the same probabilities."
    )


class InputsRequest(RequestBody):
    """The same in the format of Hugging Face clients; the response has their format, too."""

    inputs: _Texts = Field(description="A review, or a list of reviews.")
    parameters: InputsParameters | None = Field(None, description="Options.")


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
