"""The results of a `Predictor`: the prediction of a text, its explanation, and a gate sweep."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float64

from gatewise.models.artifact.config import LABELS
from gatewise.models.decision.decider import Decider
from gatewise.models.explain.account import DEFAULT_TOKENS, Account
from gatewise.models.explain.decomposition import Decomposition
from gatewise.models.explain.interventions import Gate
from gatewise.models.explain.sweep import SweepRun
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.trace import GateTrace
from gatewise.models.notebook import highlight_html
from gatewise.models.tokenizer import Encoding


@dataclass(frozen=True)
class Prediction:
    """The sentiment of one text.

    Attributes:
        label: "negative" or "positive".
        score: Probability of the label.
        probabilities: Probability of each label; they sum to 1.
        logit: Log-odds of positive.
        tokens: Number of tokens (T).
        coverage: Share of the words that are in the vocabulary, 0 to 1.
        undecided: Whether the model cannot score the text: it is unlike the training texts, or
            it has few words and they are evidence for neither label. `warnings` has the reason.
            Label and probabilities are those that the network computed all the same.
        warnings: Reasons to doubt the prediction, as sentences; usually empty.
    """

    label: str
    score: float
    probabilities: dict[str, float]
    logit: float
    tokens: int
    coverage: float
    undecided: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """A prediction with the forward pass that computed it.

    Attributes:
        prediction: The prediction of this pass.
        encoding: The tokens, with their offsets into the text.
        trace: States and gates at every token.
        decomposition: Contribution of every token to the logit, with all gates taken as given.
        compute_account: Computes the account; None for a run with interventions. It refers to the
            model, so it is not pickled.
    """

    prediction: Prediction
    encoding: Encoding
    trace: GateTrace
    decomposition: Decomposition
    compute_account: "Callable[[Explanation], Account] | None" = field(
        default=None, repr=False, compare=False
    )

    @cached_property
    def account(self) -> Account | None:
        """Attributions of tokens, clauses and sentences, and P(positive) without each of them.

        It is computed when it is first read, and takes about ten forward passes. None for a run
        with interventions, and for an explanation that was pickled before.
        """
        return self.compute_account(self) if self.compute_account else None

    @property
    def running_probability(self) -> Float64[np.ndarray, " T"]:
        """P(positive) if the text ended at each token: the head applied to every state."""
        return sigmoid(self.decomposition.running_logit)

    @property
    def flips(self) -> list[int]:
        """Positions of the tokens at which the running prediction flips.

        A crossing of one half is a flip if the running probability was below 0.3 or above 0.7 on
        the side that it leaves; see `models.explain.flips`.
        """
        return self.decomposition.flips

    @property
    def turning_point(self) -> int | None:
        """Position of the token at which the running prediction changes to its final side.

        It is the last flip: the first token on that side after the last one clearly on the other.
        None if it was never clearly on the other side.
        """
        return self.flips[-1] if self.flips else None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the model, which would be pickled with every explanation."""
        return {**self.__dict__, "compute_account": None}

    def _repr_html_(self) -> str:
        """Render the tokens for a notebook, coloured by their attribution.

        Without an account, and in texts of more than 1,000 tokens whose account was not computed
        yet, they are coloured by their contribution to the decomposition.
        """
        is_ready = "account" in self.__dict__ or len(self.encoding) <= DEFAULT_TOKENS
        return highlight_html(
            self.encoding,
            self.decomposition,
            self.account if is_ready else None,
            self.prediction.label,
            self.prediction.score,
        )


@dataclass(frozen=True)
class GateSweep:
    """A text run with one gate held at each of several values over a range of tokens.

    Attributes:
        prediction: The prediction of the run without intervention.
        encoding: The tokens, with their offsets into the text.
        gate: The gate, "reset" or "update".
        first: Position of the first token at which it was held.
        last: Position of the last such token.
        as_it_was: The run without intervention.
        stops: The runs with the gate at each value, in the order of the values.
    """

    prediction: Prediction
    encoding: Encoding
    gate: Gate
    first: int
    last: int
    as_it_was: SweepRun
    stops: tuple[SweepRun, ...]


def make_prediction(
    encoding: Encoding, logit: float, positive: float, decider: Decider
) -> Prediction:
    """Make the prediction of a text.

    Args:
        encoding: The text.
        logit: Its logit.
        positive: σ(logit), the probability of the positive label.
        decider: The decision rule of the model.
    """
    assessment = decider.assess(encoding, logit)
    probabilities = dict(zip(LABELS, (1 - positive, positive), strict=True))
    label = LABELS[logit > 0]
    return Prediction(
        label=label,
        score=probabilities[label],
        probabilities=probabilities,
        logit=logit,
        tokens=len(encoding),
        coverage=encoding.coverage,
        undecided=assessment.undecided,
        warnings=assessment.warnings,
    )
