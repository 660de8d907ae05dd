"""What /explain/diff takes and answers."""

from pydantic import BaseModel, ConfigDict, Field

from models.alignment import Kind
from service.examples import EXAMPLES
from service.explain_schemas import (
    CONVENTION_HELP,
    Contribution,
    LedgerReport,
    TokenReport,
    Unusual,
)
from service.notation import Notation
from service.schemas import Convention, ModelName, Request, Text, Verdict

_TEXT = "The review."
_OTHER = "The review to compare it with: the same, edited, or any other."
_EDITED = EXAMPLES[0].text.replace("really boring", "never boring")


class DiffQuery(BaseModel):
    """The question as a URL."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description=_TEXT, examples=[EXAMPLES[0].text])
    other: Text = Field(description=f"{_OTHER} For long ones, POST.", examples=[_EDITED])
    convention: Convention = Field("pytorch", description=CONVENTION_HELP)


class DiffRequest(Request):
    """The question as a body."""

    text: Text = Field(description=_TEXT, examples=[EXAMPLES[0].text])
    other: Text = Field(description=_OTHER, examples=[_EDITED])
    convention: Convention = Field("pytorch", description=CONVENTION_HELP)


class ReadReport(Verdict):
    """One of the two texts as it was read: what /explain says of it."""

    text: str
    ledger: LedgerReport
    tokens: list[TokenReport]


class GateChange(BaseModel):
    """How one gate differs between two aligned tokens, over all hidden units."""

    mean: float = Field(
        description="Its mean in the other text − in the text, in the stated convention."
    )
    distance: float = Field(
        ge=0,
        le=1,
        description="By how much a unit's gate differs, either way, averaged over units: gates "
        "may move while their mean stays.",
    )


class DiffRow(BaseModel):
    """Tokens that stand for each other. Changes are the other text's value − the text's."""

    kind: Kind = Field(
        description="`same`: the network reads the same word. `changed`: one word for another. "
        "`removed`: only in the text. `added`: only in the other."
    )
    token: int | None = Field(description="Number of the token in the text; null if added.")
    other_token: int | None = Field(description="Number in the other text; null if removed.")
    contribution: Contribution = Field(
        description="Change of the contribution; a token that is not there contributes nothing."
    )
    running_probability: float | None = Field(
        description="Change of the running probability, where both texts have a token."
    )
    reset: GateChange | None = Field(description="Where both texts have a token.")
    update: GateChange | None = Field(description="Where both texts have a token.")


class DiffChange(BaseModel):
    """What the edit did to the verdict. The contributions of all rows sum to `logit`."""

    logit: float = Field(description="The other text's logit − the text's.")
    probability: float = Field(description="The same of the probability of positive.")
    label_changes: bool = Field(description="Whether the verdicts differ.")
    edited_tokens: float = Field(
        description="Part of the change of the logit that rows other than `same` account for."
    )
    same_tokens: float = Field(
        description="Part that the words in both texts account for: read from another state, or "
        "kept by other gates, they contribute otherwise."
    )
    residual: float = Field(description="Rounding error of this account, before any JSON.")


class DiffAnswer(BaseModel):
    """Two texts, token beside token."""

    convention: Convention = Field(description="Sense of every update gate in this answer.")
    notation: Notation = Field(description="How gates are written in this answer.")
    unusual: Unusual = Field(description="What the flags of this answer call unusual.")
    text: ReadReport = Field(description="The text as /explain has it.")
    other: ReadReport = Field(description="The other text as /explain has it.")
    change: DiffChange = Field(description="What differs as a whole.")
    rows: list[DiffRow] = Field(description="In order; every token of both texts occurs once.")
    model: ModelName
