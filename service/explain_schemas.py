"""What /explain takes and answers. The field descriptions are the API's documentation."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic_core import PydanticCustomError

from models.credit import CREDIT_PASSES
from models.flags import Flag
from models.intervene import Gate
from service.examples import EXAMPLES
from service.faithfulness import FAITHFULNESS, FaithfulnessAnswer
from service.notation import Notation
from service.schemas import (
    Convention,
    Label,
    Natural,
    Request,
    Share,
    Text,
    Verdict,
    text_or_list,
)

Format = Literal["json", "csv", "html"]
MAX_HOLDS = 32
_UNITS_OR_LIST = "Must be a string, or a list of unit numbers."
_UNITS_PATTERN = r"^(all|top(:[1-9][0-9]{0,5})?|[0-9]{1,6}(,[0-9]{1,6})*)$"
_UNITS = (
    "Add the values of single hidden units: `all`; `top` or `top:N` for the N (default 32) that "
    "moved the logit most, |head weight × final state|, in that order; or a list such as `0,9,37`. "
    "Left out, none."
)
CONVENTION_HELP = (
    "Sense of the update gate, in the question and in the answer. `pytorch`: z, 1 keeps the old "
    "state. `course` (Chung 2014 and some courses): u = 1 − z, 1 takes the candidate. Nothing else "
    "differs."
)
_EFFECTS = (
    "Add, for every token, what the final logit would gain had the token's own gate been "
    "otherwise. Each is a run of its own, so the time grows with the square of the text's length; "
    "`/info` says for how many tokens this may be asked."
)
_CREDIT = (
    "Add every token's credit: a second account of the logit, as exact as the contributions, in "
    "which a token also answers for what it did to the gates of later tokens. It takes "
    f"{CREDIT_PASSES} passes."
)
_FORMAT = (
    "`json`; `csv`, one row a token, its columns named as the fields of `tokens`, nested ones "
    "joined by a dot; or `html`, one file to keep or to send: the verdict, the strip and all "
    "numbers, with the whole JSON inside, and nothing that is loaded from elsewhere."
)
UnitsText = Annotated[str, StringConstraints(pattern=_UNITS_PATTERN)]
_Numbers = Annotated[list[Natural], Field(min_length=1, fail_fast=True)]
UnitsOrList = Annotated[
    Annotated[UnitsText, Tag("<text>")] | Annotated[_Numbers, Tag("<list>")],
    Discriminator(
        text_or_list, custom_error_type="units_type", custom_error_message=_UNITS_OR_LIST
    ),
]


_TOKENS_PATTERN = r"^(all|[0-9]{1,6}-[0-9]{1,6})$"
_TOKENS_OR_LIST = "Must be `all`, a range such as `54-60`, or a list of token numbers."
_NUMBER_OR_AVERAGE = "Must be a number from 0 to 1, or `average`."


def _number_or_average(value: Any) -> str | None:
    if isinstance(value, str):
        return "<text>"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "<number>" if is_number else None


def _token_range(value: str) -> str:
    if not re.fullmatch(_TOKENS_PATTERN, value, re.ASCII):
        raise PydanticCustomError("tokens_text", _TOKENS_OR_LIST)
    return value


_HeldValue = Annotated[
    Annotated[Share, Tag("<number>")] | Annotated[Literal["average"], Tag("<text>")],
    Discriminator(
        _number_or_average,
        custom_error_type="held_value",
        custom_error_message=_NUMBER_OR_AVERAGE,
    ),
]
_TokenRange = Annotated[
    str, AfterValidator(_token_range), Field(json_schema_extra={"pattern": _TOKENS_PATTERN})
]
_Tokens = Annotated[
    Annotated[_TokenRange, Tag("<text>")] | Annotated[_Numbers, Tag("<list>")],
    Discriminator(
        text_or_list, custom_error_type="tokens_type", custom_error_message=_TOKENS_OR_LIST
    ),
]


class HoldRequest(Request):
    """One gate held at a value, at some tokens and units, whatever the network computes there."""

    gate: Gate = Field(description="Which gate.")
    value: _HeldValue = Field(
        description="From 0 to 1, for the update gate in the stated convention; or `average`, each "
        "unit's own average over validation reviews: a value that the network has often seen."
    )
    tokens: _Tokens = Field(
        description="Tokens, numbered from 0 as in the answer: `all`, a range with both ends such "
        "as `54-60`, or a list."
    )
    units: _Numbers | None = Field(None, description="Hidden units. Left out, all.")


class ExplainQuery(BaseModel):
    """The question as a URL."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description="The review. For a long one, POST.", examples=[EXAMPLES[0].text])
    units: UnitsText | None = Field(None, description=_UNITS)
    effects: bool = Field(False, description=_EFFECTS)
    faithfulness: bool = Field(False, description=FAITHFULNESS)
    credit: bool = Field(False, description=_CREDIT)
    convention: Convention = Field("pytorch", description=CONVENTION_HELP)
    format: Format = Field("json", description=_FORMAT)


class ExplainRequest(Request):
    """The question as a body."""

    text: Text = Field(description="The review.")
    units: UnitsOrList | None = Field(
        None, description=_UNITS + " A JSON list of numbers is taken too."
    )
    effects: bool = Field(False, description=_EFFECTS)
    faithfulness: bool = Field(False, description=FAITHFULNESS)
    credit: bool = Field(False, description=_CREDIT)
    holds: list[HoldRequest] = Field(
        default=[],
        max_length=MAX_HOLDS,
        description="Run the text once more with these gates held; the answer has both runs. Where "
        "holds overlap, the later one counts.",
    )
    convention: Convention = Field("pytorch", description=CONVENTION_HELP)
    format: Format = Field("json", description=_FORMAT)


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


class EffectsReport(BaseModel):
    """What the final logit would gain had this token's own gate been otherwise. Exact."""

    reset_opened: float = Field(
        description="Reset gate at 1: all of the old state enters the candidate. Far from what the "
        "network is used to, so look at `reset_averaged` too."
    )
    reset_averaged: float = Field(
        description="Reset gate at each unit's own average over validation reviews."
    )
    update_closed: float = Field(description="Update gate closed: this token writes nothing.")


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
    released_share: Share = Field(
        description="How much of the old state, weighed by the head, the update gate let go."
    )
    flags: list[Flag] = Field(
        description="`flip`: the running verdict changes sides at this token. `reset`: its "
        "recalled share is unusually low, or, where effects were asked for, opening its own reset "
        "gate (to 1 or to the average) would change the label. `rewrite`: its released share is "
        "unusually high. `unusual` has the figures."
    )
    effects: EffectsReport | None = Field(description="`null` unless asked for.")
    credit: float | None = Field(
        description="The token's part of the logit in the account by credit. `null` unless asked "
        "for, and in a run with gates held, for which there is no such account."
    )


class LedgerReport(BaseModel):
    """The account of the logit: bias + the sum of all contributions + residual."""

    bias: float
    logit: float = Field(description="Positive above 0; its sigmoid is the probability.")
    residual: float = Field(description="Rounding error of the account, before any JSON.")


class CreditReport(BaseModel):
    """The account by credit: bias + the sum of all credits + residual = logit."""

    growth: list[Share] = Field(
        description="The logit is followed while all tokens grow together, from none of them to "
        "the whole text: these are the sizes at which it was looked at. The sum is exact for any."
    )
    residual: float = Field(description="Rounding error of the account, before any JSON.")


class UnitReport(BaseModel):
    """Values of single hidden units, rounded to 4 decimals: one row a token, one column a unit."""

    ids: list[int] = Field(description="The units, in the order of the columns.")
    reset: list[list[float]]
    update: list[list[float]]
    candidate: list[list[float]]
    hidden: list[list[float]]


class UnusualBand(BaseModel):
    """What is unusual from one token on, up to where the next band begins."""

    from_token: int = Field(description="Number of the first token of the band.")
    recalled_share_below: float = Field(description="A lower recalled share is a `reset`.")
    released_share_above: float = Field(description="A higher released share is a `rewrite`.")


class Unusual(BaseModel):
    """What counts as unusual in this answer's flags, measured on validation reviews."""

    percent: int = Field(description="Of a hundred validation tokens, how many are beyond each.")
    tokens: int = Field(description="Number of validation tokens that this was measured on.")
    bands: list[UnusualBand] = Field(
        description="A token is compared with those about as far from the start of their texts, "
        "since a young state is let go of more easily. The first token is never unusual."
    )


class HeldReport(BaseModel):
    """The same text with gates held, token by token as in the plain run."""

    label: Label
    score: Share
    probabilities: dict[Label, Share] = Field(description="Both probabilities; they sum to 1.")
    logit_change: float = Field(description="Held logit − plain logit.")
    ledger: LedgerReport
    tokens: list[TokenReport] = Field(description="In the order of the plain run's tokens.")
    units: UnitReport | None = Field(description="The same units as in the plain run.")


class ExplainAnswer(Verdict):
    """The verdict, and the computation that reached it."""

    text: str
    convention: Convention = Field(description="Sense of every update gate in this answer.")
    notation: Notation = Field(description="How gates are written in this answer.")
    unusual: Unusual = Field(description="What the flags of this answer call unusual.")
    ledger: LedgerReport
    tokens: list[TokenReport]
    credit: CreditReport | None = Field(description="If it was asked for.")
    faithfulness: FaithfulnessAnswer | None = Field(description="If it was asked for.")
    units: UnitReport | None
    held: HeldReport | None = Field(description="The run with gates held, if any were.")
