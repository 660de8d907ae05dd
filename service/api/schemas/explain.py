"""Request of /explain."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from gatewise.models.explain.interventions import Gate
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.schemas.common import (
    ATTRIBUTION_DESCRIPTION,
    CONVENTION_DESCRIPTION,
    Convention,
    ModelChoice,
    RequestBody,
    RequestModel,
    Share,
    Text,
    UnitNumbers,
    UnitsOrList,
    UnitsText,
    text_or_list,
)

Format = Literal["json", "csv", "html"]
MAX_INTERVENTIONS = 32

_UNITS_DESCRIPTION = (
    "Include the values of single hidden units: `all`; `top` or `top:N` for the N units (default "
    "32) that moved the logit most, by |head weight × final state|, in this order; or a list such "
    "as `0,9,37`. By default, none."
)
_TOKENS_PATTERN = r"^(all|[0-9]{1,6}-[0-9]{1,6})$"
_TOKENS_MESSAGE = "Must be `all`, a range such as `54-60`, or a list of token numbers."


def _number_or_average(value: Any) -> str | None:
    if isinstance(value, str):
        return "<text>"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "<number>" if is_number else None


def _token_range(value: str) -> str:
    if not re.fullmatch(_TOKENS_PATTERN, value, re.ASCII):
        raise PydanticCustomError("tokens_text", _TOKENS_MESSAGE)
    return value


GateValue = Annotated[
    Annotated[Share, Tag("<number>")] | Annotated[Literal["average"], Tag("<text>")],
    Discriminator(
        _number_or_average,
        custom_error_type="gate_value",
        custom_error_message="Must be a number from 0 to 1, or `average`.",
    ),
]
_TokenRange = Annotated[
    str, AfterValidator(_token_range), Field(json_schema_extra={"pattern": _TOKENS_PATTERN})
]
_Tokens = Annotated[
    Annotated[_TokenRange, Tag("<text>")] | Annotated[UnitNumbers, Tag("<list>")],
    Discriminator(
        text_or_list, custom_error_type="tokens_type", custom_error_message=_TOKENS_MESSAGE
    ),
]


class InterventionRequest(RequestBody):
    """One gate that is set to a value, at given tokens and units."""

    gate: Gate = Field(description="Which gate.")
    value: GateValue = Field(
        description="A number from 0 to 1, for the update gate in the stated convention; or "
        "`average`, the mean of each unit over validation reviews, which is a value that the "
        "network has in ordinary texts."
    )
    tokens: _Tokens = Field(
        description="Tokens, numbered from 0 as in the response: `all`, a range with both ends "
        "such as `54-60`, or a list."
    )
    units: UnitNumbers | None = Field(None, description="Hidden units. By default, all.")


class ExplainOptions(RequestModel):
    """What a URL and a body have in common."""

    text: Text = Field(
        description="The review. Send long reviews by POST.", examples=[EXAMPLES[0].text]
    )
    gate_effects: bool = Field(
        False,
        description="Include, for every token, how the final logit would change if the token's own "
        "gate had another value. The text is run again for each token, so the time grows with the "
        "square of its length; `max_gate_effect_tokens` of `/info` is the limit.",
    )
    faithfulness: bool = Field(
        False,
        description="Include how faithful two rankings of the tokens are, by contribution and by "
        "attribution, and random rankings, measured by deleting tokens from the text. It takes "
        "many times as long as the rest; "
        "`max_faithfulness_tokens` of `/info` is the limit.",
    )
    attribution: bool | None = Field(
        None,
        description=f"{ATTRIBUTION_DESCRIPTION} The same holds for `clauses` and `sentences`.",
    )
    convention: Convention = Field("pytorch", description=CONVENTION_DESCRIPTION)
    model: ModelChoice = None
    format: Format = Field(
        "json",
        description="`json`; `csv`, one row for each token, with the names of the fields as names "
        "of the columns, where nested names are joined by a dot; or `html`, a single file that "
        "needs no other: the prediction, the coloured text and all numbers, and the JSON in it.",
    )


class ExplainQuery(ExplainOptions):
    """The request as a URL."""

    units: UnitsText | None = Field(None, description=_UNITS_DESCRIPTION)


class ExplainBody(ExplainOptions, RequestBody):
    """The request as a body."""

    units: UnitsOrList | None = Field(
        None, description=f"{_UNITS_DESCRIPTION} A JSON list of numbers is accepted, too."
    )
    interventions: list[InterventionRequest] = Field(
        default=[],
        max_length=MAX_INTERVENTIONS,
        description="Run the text once more with these gate values; the response contains both "
        "runs. If interventions overlap, the later one in the list applies.",
    )
