"""What the API takes and answers. The field descriptions are the API's documentation."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StringConstraints,
    Tag,
)

from models import Prediction
from service.examples import EXAMPLES
from service.faithfulness import FAITHFULNESS, FaithfulnessAnswer

Label = Literal["negative", "positive"]
Convention = Literal["pytorch", "course"]
Share = Annotated[float, Field(ge=0, le=1)]

_TEXT_OR_LIST = "Must be a string, or a list of strings."
_UNITS_OR_LIST = "Must be a string, or a list of unit numbers."
_TEXT_XOR_INPUTS = "Send a JSON object with exactly one of 'text' and 'inputs'."


def _text_or_list(value: Any) -> str | None:
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
    Discriminator(_text_or_list, custom_error_type="text_type", custom_error_message=_TEXT_OR_LIST),
]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# JSON does not tell 5.0 from 5.
WholeNumber = Annotated[int, BeforeValidator(_whole)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TextRequest(_Request):
    """One review, or a list of them."""

    text: Texts = Field(description="A review, or a list of reviews.")


class InputsParameters(_Request):
    """Options that Hugging Face clients send along."""

    top_k: Annotated[WholeNumber, Field(ge=1)] | None = Field(
        None, description="How many labels to answer, best first. There are two."
    )
    function_to_apply: Literal["sigmoid", "softmax"] | None = Field(
        None, description="With one logit for two labels, both give the same probabilities."
    )


class InputsRequest(_Request):
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


UNITS_PATTERN = r"^(all|top(:[1-9][0-9]{0,5})?|[0-9]{1,6}(,[0-9]{1,6})*)$"
_UNITS = (
    "Add the values of single hidden units: `all`; `top` or `top:N` for the N (default 32) that "
    "moved the logit most, |head weight × final state|, in that order; or a list such as `0,9,37`. "
    "Left out, none."
)
_CONVENTION = (
    "Sense of the update gate. `pytorch`: 1 keeps the old state. `course` (Chung 2014 and some "
    "courses): 1 takes the candidate, so every update value is reported as 1 − z. Nothing else "
    "differs."
)
UnitsText = Annotated[str, StringConstraints(pattern=UNITS_PATTERN)]
UnitsList = Annotated[
    list[Annotated[WholeNumber, Field(ge=0)]], Field(min_length=1, fail_fast=True)
]
UnitsOrList = Annotated[
    Annotated[UnitsText, Tag("<text>")] | Annotated[UnitsList, Tag("<list>")],
    Discriminator(
        _text_or_list, custom_error_type="units_type", custom_error_message=_UNITS_OR_LIST
    ),
]


class ExplainQuery(BaseModel):
    """The question as a URL."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description="The review. For a long one, POST.", examples=[EXAMPLES[0].text])
    units: UnitsText | None = Field(None, description=_UNITS)
    convention: Convention = Field("pytorch", description=_CONVENTION)
    faithfulness: bool = Field(False, description=FAITHFULNESS)


class ExplainRequest(_Request):
    """The question as a body."""

    text: Text = Field(description="The review.")
    units: UnitsOrList | None = Field(
        None, description=_UNITS + " A JSON list of numbers is taken too."
    )
    convention: Convention = Field("pytorch", description=_CONVENTION)
    faithfulness: bool = Field(False, description=FAITHFULNESS)


class GateReport(BaseModel):
    """One gate at one token, over all hidden units."""

    mean: Share
    min: Share
    max: Share


class Contribution(BaseModel):
    """What a token adds to the logit: positive above 0. An exact sum, not an estimate."""

    total: float = Field(description="new_word + recalled_context.")
    new_word: float = Field(description="From the word itself.")
    recalled_context: float = Field(description="From what the reset gate recalled of the context.")


class TokenReport(BaseModel):
    """One token, and what the network did when it read it."""

    text: str = Field(description="The token, in the text's own spelling.")
    start: int = Field(description="Where it starts in the text, in Unicode code points.")
    end: int = Field(description="Where it ends, exclusive.")
    known: bool = Field(description="Whether the word is in the vocabulary.")
    reset: GateReport = Field(
        description="Reset gate: 0 lets none of the old state into the candidate, 1 all of it."
    )
    update: GateReport = Field(description="Update gate, in the stated convention.")
    recalled_share: Share = Field(
        description="How much of the candidate came from recalled context rather than the word."
    )
    running_probability: Share = Field(
        description="Probability of positive, had the text ended here."
    )
    contribution: Contribution
    kept_share: Share = Field(
        description="How much of what this token wrote later update gates left standing."
    )
    flags: list[Literal["flip"]] = Field(
        description="`flip`: the running verdict changes sides at this token."
    )


class LedgerReport(BaseModel):
    """The account of the logit: bias + the sum of all contributions + residual."""

    bias: float
    logit: float = Field(description="Positive above 0; its sigmoid is the probability.")
    residual: float = Field(description="Rounding error of the account, before any JSON.")


class UnitReport(BaseModel):
    """Values of single hidden units, rounded to 4 decimals: one row a token, one column a unit."""

    ids: list[int] = Field(description="The units, in the order of the columns.")
    reset: list[list[float]]
    update: list[list[float]]
    candidate: list[list[float]]
    hidden: list[list[float]]


class ExplainAnswer(Verdict):
    """The verdict, and the computation that reached it."""

    text: str
    convention: Convention
    ledger: LedgerReport
    tokens: list[TokenReport]
    faithfulness: FaithfulnessAnswer | None
    units: UnitReport | None


class Limits(BaseModel):
    """What one request may hold. More is refused, never cut."""

    max_tokens: int = Field(description="Tokens in one text.")
    max_texts: int = Field(description="Texts in one request.")
    max_body_bytes: int = Field(description="Bytes in a body.")
    max_url_bytes: int = Field(description="Bytes in a URL.")
    max_unit_values: int = Field(description="Numbers in the unit arrays of one explanation.")
    max_faithfulness_tokens: int = Field(description="Tokens in a text with `faithfulness`.")


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
