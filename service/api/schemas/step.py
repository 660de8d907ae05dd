"""Request and response of /explain/step."""

from pydantic import BaseModel, ConfigDict, Field

from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.schemas.common import (
    CONVENTION_DESCRIPTION,
    Convention,
    ModelChoice,
    Natural,
    Notation,
    RequestBody,
    RequestModel,
    Text,
    UnitsOrList,
    UnitsText,
)
from gatewise.service.engine.served_model import ModelName

_DEFAULT_UNITS = "top:4"
_STEP_DESCRIPTION = "Number of the token, from 0, as in the `tokens` of `/explain`."
_UNITS_DESCRIPTION = (
    "Hidden units: a list such as `0,9`; `top:N` for the N units that moved the logit most; or "
    "`all`."
)


class StepOptions(RequestModel):
    """What a URL and a body have in common."""

    text: Text = Field(
        description="The review. Send long reviews by POST.", examples=[EXAMPLES[0].text]
    )
    convention: Convention = Field("pytorch", description=CONVENTION_DESCRIPTION)
    model: ModelChoice = None


class StepQuery(StepOptions):
    """The request as a URL."""

    step: int = Field(ge=0, description=_STEP_DESCRIPTION, examples=[34])
    units: UnitsText = Field(_DEFAULT_UNITS, description=_UNITS_DESCRIPTION, examples=["0,9"])


class StepBody(StepOptions, RequestBody):
    """The request as a body."""

    step: Natural = Field(description=_STEP_DESCRIPTION)
    units: UnitsOrList = Field(_DEFAULT_UNITS, description=_UNITS_DESCRIPTION)


class _Line(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class GateLine(_Line):
    """from_word + word_bias + from_state + state_bias = total; value = σ(total)."""

    from_word: float = Field(description="W_ir x_t, or W_iz x_t.")
    word_bias: float = Field(description="b_ir, or b_iz.")
    from_state: float = Field(description="W_hr h_{t−1}, or W_hz h_{t−1}.")
    state_bias: float = Field(description="b_hr, or b_hz.")
    total: float = Field(description="Their sum, the pre-activation.")
    value: float = Field(description="The gate: r_t, or z_t in the stated convention.")


class CandidateLine(_Line):
    """word + recalled = total, where recalled = r × state; value = tanh(total)."""

    from_word: float = Field(description="W_in x_t.")
    word_bias: float = Field(description="b_in.")
    word: float = Field(description="from_word + word_bias.")
    from_state: float = Field(description="W_hn h_{t−1}.")
    state_bias: float = Field(description="b_hn, which r multiplies, unlike b_in.")
    state: float = Field(description="from_state + state_bias.")
    recalled: float = Field(description="r × state, what passes the reset gate.")
    total: float = Field(description="word + recalled.")
    value: float = Field(description="n_t = tanh(total).")


class UnitCalculation(_Line):
    """The calculation of h_t from h_{t−1} for one unit."""

    unit: int = Field(description="Number of the unit.")
    before: float = Field(description="h_{t−1}; 0 before the first token.")
    reset: GateLine
    update: GateLine
    candidate: CandidateLine
    written: float = Field(description="Part of the candidate: (1 − z) × n.")
    kept: float = Field(description="Part of the old state: z × h_{t−1}.")
    after: float = Field(description="h_t = written + kept.")


class StepToken(BaseModel):
    """The token of the step."""

    text: str
    start: int = Field(description="Position of its first character, in Unicode code points.")
    end: int = Field(description="Position after its last character.")
    known: bool = Field(description="Whether the word is in the vocabulary.")


class StepResponse(BaseModel):
    """One step as a calculation; every line can be verified from the numbers above it."""

    text: str
    step: int = Field(description="Number of the token, from 0.")
    tokens: int = Field(description="Number of tokens of the text; the last step is one less.")
    token: StepToken = Field(description="The token of the step.")
    convention: Convention = Field(description="Convention of the update gate in this response.")
    notation: Notation = Field(description="Symbols and equations of the gates in this response.")
    decimals: int = Field(
        description="Every number is rounded to so many decimals, and later lines are computed "
        "from the rounded numbers, so that repeating a line gives exactly the result shown."
    )
    units: list[UnitCalculation]
    model: ModelName
