"""What the API takes and answers. The field descriptions are the API's documentation."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
)

from models import Prediction

Label = Literal["negative", "positive"]
Convention = Literal["pytorch", "course"]
Share = Annotated[float, Field(ge=0, le=1)]

_TEXT_OR_LIST = "Must be a string, or a list of strings."
_TEXT_XOR_INPUTS = "Send a JSON object with exactly one of 'text' and 'inputs'."


def text_or_list(value: Any) -> str | None:
    """Tell Pydantic which member of a union a value is meant for."""
    if isinstance(value, str):
        return "<text>"
    return "<list>" if isinstance(value, list) else None


def _texts_or_inputs(value: Any) -> str | None:
    if not isinstance(value, dict) or ("text" in value) == ("inputs" in value):
        return None
    return "<texts>" if "text" in value else "<inputs>"


# Whether a text can be read is the tokenizer's to say; the schema only tells clients in advance.
_READABLE = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
Text = Annotated[str, Field(json_schema_extra={"minLength": 1, "pattern": _READABLE})]
TextList = Annotated[list[Text], Field(min_length=1, fail_fast=True)]
Texts = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[TextList, Tag("<list>")],
    Discriminator(text_or_list, custom_error_type="text_type", custom_error_message=_TEXT_OR_LIST),
]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# JSON does not tell 5.0 from 5. The bound stands first: OpenAPI would not say it otherwise.
Natural = Annotated[int, Field(ge=0), BeforeValidator(_whole)]
Positive = Annotated[int, Field(ge=1), BeforeValidator(_whole)]


class Request(BaseModel):
    """A body: unknown fields are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TextRequest(Request):
    """One review, or a list of them."""

    text: Texts = Field(description="A review, or a list of reviews.")


class InputsParameters(Request):
    """Options that Hugging Face clients send along."""

    top_k: Positive | None = Field(
        None, description="How many labels to answer, best first. There are two."
    )
    function_to_apply: Literal["sigmoid", "softmax"] | None = Field(
        None, description="With one logit for two labels, both give the same probabilities."
    )


class InputsRequest(Request):
    """The same, as Hugging Face clients send it; answered in their shape."""

    inputs: Texts = Field(description="A review, or a list of reviews.")
    parameters: InputsParameters | None = Field(None, description="Options.")


PredictRequest = Annotated[
    Annotated[TextRequest, Tag("<texts>")] | Annotated[InputsRequest, Tag("<inputs>")],
    Discriminator(
        _texts_or_inputs, custom_error_type="text_xor_inputs", custom_error_message=_TEXT_XOR_INPUTS
    ),
]


class ModelName(BaseModel):
    """Which model answered."""

    name: str
    version: str


class Verdict(BaseModel):
    """What is said of a text, by every endpoint."""

    label: Label = Field(description="The more probable label.")
    score: Share = Field(description="Its probability.")
    probabilities: dict[Label, Share] = Field(description="Both probabilities; they sum to 1.")
    coverage: Share = Field(
        description="Share of the words that the model knows; punctuation does not count."
    )
    warnings: list[str] = Field(description="Reasons for doubt, in words; usually none.")
    model: ModelName


def verdict_fields(prediction: Prediction, model: ModelName) -> dict[str, Any]:
    """Answer the fields of `Verdict`, for any answer that holds them."""
    return {
        "label": prediction.label,
        "score": prediction.score,
        "probabilities": prediction.probabilities,
        "coverage": prediction.coverage,
        "warnings": list(prediction.warnings),
        "model": model,
    }


class PredictAnswer(Verdict):
    """The verdict on one text."""

    tokens: int = Field(ge=1, description="Number of tokens read: all of the text's.")


class LabelScore(BaseModel):
    """One label and its probability, as Hugging Face clients expect it."""

    label: Label
    score: Share


class Limits(BaseModel):
    """What one request may hold. More is refused, never cut."""

    max_tokens: int = Field(description="Tokens in one text.")
    max_texts: int = Field(description="Texts in one request.")
    max_body_bytes: int = Field(description="Bytes in a body.")
    max_url_bytes: int = Field(description="Bytes in a URL.")
    max_unit_values: int = Field(description="Numbers in the unit arrays of one explanation.")
    max_faithfulness_tokens: int = Field(description="Tokens in a text with `faithfulness`.")
    max_effect_tokens: int = Field(description="Tokens in a text whose gate effects are asked for.")
    max_holds: int = Field(description="Holds in one question.")


class Sizes(BaseModel):
    """The sizes of the network."""

    vocabulary: int
    embedding: int
    hidden: int


class Defaults(BaseModel):
    """What an explanation uses when the question leaves it open."""

    convention: Convention
    top_units: int


class InfoAnswer(BaseModel):
    """The model that is served, and what may be asked of it."""

    model: ModelName
    labels: list[Label]
    sizes: Sizes
    metrics: dict[str, JsonValue] = Field(description="Validation figures, measured at export.")
    limits: Limits
    conventions: list[Convention]
    defaults: Defaults


class StatusAnswer(BaseModel):
    """The state of the service."""

    status: Literal["ok", "ready"]


class ExampleAnswer(BaseModel):
    """A review to try."""

    title: str
    text: str
