"""What /explain/step takes and answers."""

from pydantic import BaseModel, ConfigDict, Field

from service.examples import EXAMPLES
from service.explain_schemas import CONVENTION_HELP, UnitsOrList, UnitsText
from service.notation import Notation
from service.schemas import Convention, ModelName, Natural, Request, Text

DEFAULT_UNITS = "top:4"
_STEP = "Which token, numbered from 0 as in the `tokens` of `/explain`."
_UNITS = (
    "Hidden units to work out: a list such as `0,9`; `top:N` for the N that moved the logit most; "
    "or `all`."
)


class StepQuery(BaseModel):
    """The question as a URL."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description="The review. For a long one, POST.", examples=[EXAMPLES[0].text])
    step: int = Field(ge=0, description=_STEP, examples=[34])
    units: UnitsText = Field(DEFAULT_UNITS, description=_UNITS, examples=["0,9"])
    convention: Convention = Field("pytorch", description=CONVENTION_HELP)


class StepRequest(Request):
    """The question as a body."""

    text: Text = Field(description="The review.")
    step: Natural = Field(description=_STEP)
    units: UnitsOrList = Field(DEFAULT_UNITS, description=_UNITS)
    convention: Convention = Field("pytorch", description=CONVENTION_HELP)


class _Line(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class GateLineReport(_Line):
    """from_word + word_bias + from_state + state_bias = total; the gate's equation gives value."""

    from_word: float = Field(description="W_ir x_t, or W_iz x_t.")
    word_bias: float = Field(description="b_ir, or b_iz.")
    from_state: float = Field(description="W_hr h_{t−1}, or W_hz h_{t−1}.")
    state_bias: float = Field(description="b_hr, or b_hz.")
    total: float = Field(description="Their sum, the pre-activation.")
    value: float = Field(description="The gate: r_t; or z_t, in the stated convention.")


class CandidateLineReport(_Line):
    """word + recalled = total, where recalled = r × state; value = tanh(total)."""

    from_word: float = Field(description="W_in x_t.")
    word_bias: float = Field(description="b_in.")
    word: float = Field(description="from_word + word_bias.")
    from_state: float = Field(description="W_hn h_{t−1}.")
    state_bias: float = Field(description="b_hn. Inside the product with r, unlike b_in.")
    state: float = Field(description="from_state + state_bias.")
    recalled: float = Field(description="r × state: what the reset gate lets in.")
    total: float = Field(description="word + recalled.")
    value: float = Field(description="n_t = tanh(total).")


class UnitStepReport(_Line):
    """One unit's way from h_{t−1} to h_t."""

    unit: int = Field(description="Number of the unit.")
    before: float = Field(description="h_{t−1}; 0 before the first token.")
    reset: GateLineReport
    update: GateLineReport
    candidate: CandidateLineReport
    written: float = Field(description="What of the candidate is taken: (1 − z) × n.")
    kept: float = Field(description="What of the old state stays: z × h_{t−1}.")
    after: float = Field(description="h_t = written + kept.")


class StepToken(BaseModel):
    """The word that is read at this step."""

    text: str
    start: int = Field(description="Where it starts in the text, in Unicode code points.")
    end: int = Field(description="Where it ends, exclusive.")
    known: bool = Field(description="Whether the word is in the vocabulary.")


class StepAnswer(BaseModel):
    """One step as a calculation: every line can be redone from the numbers above it."""

    text: str
    step: int = Field(description="Which token, numbered from 0.")
    tokens: int = Field(description="Number of tokens in the text; the last step is one less.")
    token: StepToken = Field(description="The word that is read at this step.")
    convention: Convention = Field(description="Sense of the update gate in this answer.")
    notation: Notation = Field(description="How gates are written in this answer.")
    decimals: int = Field(
        description="Every number is rounded to so many decimals, and later lines are computed "
        "from the rounded numbers, so that redoing a line gives what is printed."
    )
    units: list[UnitStepReport]
    model: ModelName
