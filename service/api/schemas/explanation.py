"""The response of /explain: the typed record that JSON, CSV and HTML are rendered from.

Records are dataclasses and, for tokens, dictionaries that are not validated when they are created:
with validation, the tokens would take a quarter of the network's time. `explanation.record` creates
them; the order of the fields is that of the JSON.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float64
from pydantic import Field, PlainValidator, WithJsonSchema
from typing_extensions import TypedDict  # Pydantic needs it before Python 3.12

from gatewise.models.explain.flags import Flag
from gatewise.service.api.schemas.common import (
    Convention,
    Label,
    Notation,
    PredictionRecord,
    Share,
)
from gatewise.service.api.schemas.described import described

_ROWS = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
# One row for each token, one column for each unit.
UnitMatrix = Annotated[
    Float64[np.ndarray, "T U"], PlainValidator(np.asarray), WithJsonSchema(_ROWS)
]


@described
class GateSummary(TypedDict):
    """One gate at one token, summarized over all hidden units."""

    mean: Share
    min: Share
    max: Share
    low: Share
    """Value below which a tenth of the units are."""
    high: Share
    """Value above which a tenth of the units are."""
    deviation: Share
    """Mean distance of the units from their usual values, which are their means over validation
    reviews. It shows at which tokens a gate changes; the other statistics hardly do.
    """


@described
class TokenDecomposition(TypedDict):
    """The contribution of a token to the logit; the sum of all contributions is exact."""

    total: float
    """new_word + recalled_context."""
    new_word: float
    """Part that comes from the word itself."""
    recalled_context: float
    """Part that comes from the context, through the reset gate."""


@described
class TokenGateEffects(TypedDict):
    """How the final logit would change if this token's own gate had another value."""

    reset_at_1: float
    """For a reset gate of 1, where the whole old state enters the candidate. This is far from
    values in ordinary texts: compare `reset_at_average`.
    """
    reset_at_average: float
    """For a reset gate at each unit's mean over validation reviews, close to values in ordinary
    texts.
    """
    update_at_1: float
    """For an update gate of 1 in PyTorch's convention, whatever the convention of the response: the
    token writes nothing.
    """


@described
class TokenRecord(TypedDict):
    """One token, and what the network did at it."""

    text: str
    """The token as it is spelled in the text."""
    start: int
    """Position of its first character, in Unicode code points."""
    end: int
    """Position after its last character."""
    known: bool
    """Whether the word is in the vocabulary."""
    read_as: str | None
    """How the token was read, where that differs from how it is spelled: a corrected misspelling, a
    rating out of ten, the words of an emoji. Where several words stand for one piece of the text,
    the first has its place, and the others are empty there.
    """
    reset: GateSummary
    """Reset gate: at 0 none of the old state enters the candidate, at 1 all of it."""
    update: GateSummary
    """Update gate, in the stated convention."""
    recalled_share: Share
    """Share of the candidate that comes from the context, not the word."""
    running_probability: Share
    """Probability of positive if the text ended here."""
    decomposition: TokenDecomposition
    kept_share: Share
    """Share of what this token wrote that later update gates kept."""
    released_share: Share
    """Share of the old state, weighted by the head, that the update gate replaced."""
    flags: list[Flag]
    """`flip`: the running prediction changes its label at this token, after it was clearly, by more
    than 0.2, on the other side of one half; the last flip is the `turning_point`. `reset`: its
    recalled share is unusually low or, if gate effects were requested, opening its own reset gate
    (to 1 or to the average) would change the label. `rewrite`: its released share is unusually
    high. `unusual` contains the limits.
    """
    gate_effects: TokenGateEffects | None
    """`null` unless it was requested."""
    attribution: float | None
    """Attribution of the logit to this token. `null` if it was not computed, and always in a run
    with interventions.
    """
    without: Share | None
    """Probability of positive had this token not been in the text. The text is run for six tokens
    after it; beyond them, the change of the logit is approximated by its gradient. `null` as
    `attribution` is.
    """


@described
class PhraseRecord(TypedDict):
    """A clause or a sentence, with the punctuation that ends it."""

    start_token: int
    """Number of its first token."""
    end_token: int
    """Number after that of its last token."""
    text: str
    """Its text, as it was written."""
    attribution: float
    """Sum of the attributions of its tokens."""
    without: Share
    """Probability of positive had it not been in the text: all of its tokens are deleted at once.
    It is computed as that of a token.
    """


@dataclass(frozen=True)
@described
class LogitDecomposition:
    """The decomposition of the logit: bias + sum of all contributions + residual = logit."""

    bias: float
    logit: float
    """Above 0 the label is positive; its sigmoid is the probability."""
    residual: float
    """Rounding error of the sum."""


@dataclass(frozen=True)
@described
class AttributionRecord:
    """The attribution of the logit: bias + sum of all attributions + residual = logit."""

    growth: list[Share]
    """Attributions are integrated over a scale α of all tokens' updates from 0 to 1. These are the
    α at which it is evaluated; the sum is exact for any choice.
    """
    residual: float
    """Rounding error of the sum."""


@dataclass(frozen=True)
@described
class FaithfulnessFigures:
    """Metrics of one ranking of the tokens, or means over several rankings."""

    comprehensiveness: float
    """Fall of the predicted label's probability if the top tokens are deleted: mean over the
    top 5, 10, 20, 30, 40 and 50 %. Higher is better.
    """
    sufficiency: float
    """Its fall if only the top tokens are left: the same mean. Lower is better."""
    agreement: Annotated[float, Field(ge=-1, le=1)]
    """Kendall's τ-b between the scores and leave-one-out, which is the fall of the logit if a
    single token is deleted. 0 if either is constant.
    """


@dataclass(frozen=True)
@described
class FaithfulnessRecord:
    """Faithfulness of two rankings of the tokens, compared with random rankings."""

    decomposition: FaithfulnessFigures
    """Tokens ranked by their contributions."""
    attribution: FaithfulnessFigures
    """Tokens ranked by their attributions."""
    random: FaithfulnessFigures
    """Means over random rankings."""
    random_rankings: int
    """Number of random rankings. They are the same every time."""
    attributions: list[float]
    """The attribution of every token, in order. With the bias, their sum is the logit."""
    residual: float
    """Rounding error of that sum."""


@dataclass(frozen=True)
@described
class UnitValues:
    """Values of single hidden units, rounded to 4 decimals: a row per token, a column per unit."""

    ids: list[int]
    """Numbers of the units, in order of the columns."""
    reset: UnitMatrix
    update: UnitMatrix
    candidate: UnitMatrix
    hidden: UnitMatrix


@dataclass(frozen=True)
@described
class UnusualBand:
    """The limits for tokens from one position up to the next band."""

    from_token: int
    """Number of the first token of the band."""
    recalled_share_below: float
    """A lower recalled share has the flag `reset`."""
    released_share_above: float
    """A higher released share has the flag `rewrite`."""


@dataclass(frozen=True)
@described
class Unusual:
    """The limits of the flags, measured on validation reviews."""

    percent: int
    """Percentage of validation tokens beyond each of the limits."""
    tokens: int
    """Number of validation tokens."""
    bands: list[UnusualBand]
    """Limits by position, since the state is small at the start of a text. The first token is never
    unusual.
    """


@dataclass(frozen=True)
@described
class IntervenedRecord:
    """The run with interventions, with the same tokens as the plain run."""

    label: Label
    score: Share
    probabilities: dict[Label, Share]
    """The probabilities of both labels. Their sum is 1."""
    logit_change: float
    """Logit of this run − logit of the plain run."""
    decomposition: LogitDecomposition
    tokens: list[TokenRecord]
    """In the order of the tokens of the plain run."""
    turning_point: int | None
    """That of this run."""
    units: UnitValues | None
    """Values of the same units as in the plain run."""


@dataclass(frozen=True)
@described
class ExplanationRecord(PredictionRecord):
    """The prediction for a text, and the computation that led to it."""

    text: str
    convention: Convention
    """Convention of every update gate in this response."""
    notation: Notation
    """Symbols and equations of the gates in this response."""
    unusual: Unusual
    """The limits of the flags."""
    decomposition: LogitDecomposition
    tokens: list[TokenRecord]
    attribution: AttributionRecord | None
    """`null` if the text has over 1,000 tokens and it was not requested, or if it was declined."""
    clauses: list[PhraseRecord] | None
    """The clauses of the text, in order; together they have all tokens. `null` as `attribution`."""
    sentences: list[PhraseRecord] | None
    """Its sentences, likewise. Each consists of whole clauses."""
    turning_point: int | None
    """Number of the token at which the running probability settled on its final side: the first
    token on that side after the last one that was clearly, by more than 0.2, on the other side of
    one half. `null` if it never was.
    """
    faithfulness: FaithfulnessRecord | None
    """`null` unless it was requested."""
    units: UnitValues | None
    intervened: IntervenedRecord | None
    """The run with interventions; `null` if the request had none."""
