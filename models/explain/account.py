"""The attribution of each token and phrase, and the prediction without it: an account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from gatewise.models.explain.attribution import ATTRIBUTION_PASSES, Attributions, attributed_run
from gatewise.models.explain.decomposition import Decomposition
from gatewise.models.explain.phrases import Span, clause_spans, sentence_spans
from gatewise.models.explain.without import READ, logits_without, single_tokens
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.tokenizer import Encoding

# An account is computed by default up to so many tokens.
DEFAULT_TOKENS = 1000
# Cost in forward passes, which run in batches; phrases are few in comparison with tokens.
ACCOUNT_PASSES = ATTRIBUTION_PASSES + READ + 1


@dataclass(frozen=True)
class Phrase:
    """A clause or a sentence.

    Attributes:
        start: Position of its first token.
        end: Position after its last token.
        text: Its text, as it was written.
        attribution: Sum of the attributions of its tokens, in logit units.
        without: P(positive) of the text without it.
    """

    start: int
    end: int
    text: str
    attribution: float
    without: float


@dataclass(frozen=True)
class Account:
    """The attributions of one prediction, and the prediction without each token and phrase.

    Attributes:
        attribution: Attribution of each token; with the head's bias they sum to the logit.
        without: P(positive) of the text without each token.
        clauses: The clauses of the text; together they have all of its tokens.
        sentences: The sentences of the text, likewise. Each consists of whole clauses.
    """

    attribution: Attributions
    without: Float64[np.ndarray, " T"]
    clauses: tuple[Phrase, ...]
    sentences: tuple[Phrase, ...]


def account_for(
    recurrence: Recurrence,
    encoding: Encoding,
    hidden: Float32[np.ndarray, "T H"],
    decomposition: Decomposition,
    *,
    read: int | None = READ,
    check: Callable[[], None] | None = None,
) -> Account:
    """Account for a prediction.

    Args:
        recurrence: The network.
        encoding: The text.
        hidden: State after each token.
        decomposition: Decomposition of the logit, which has the logit and the bias.
        read: Number of tokens that are run after deleted ones, before the tangent is followed; None
            for all of them: then `without` is exact, and its time is quadratic in the length.
        check: Called between parts of the computation. It may raise an exception to stop it.
    """
    run = attributed_run(recurrence, encoding.ids)
    residual = decomposition.logit - decomposition.bias - float(run.total.sum())
    sentences = sentence_spans(encoding)
    clauses = clause_spans(encoding, sentences)
    # Many sentences have a single clause, and some clauses a single token.
    spans = list(dict.fromkeys([*single_tokens(len(encoding)), *sentences, *clauses]))
    logits = logits_without(
        recurrence, encoding.ids, hidden, run.gradient, spans, read=read, check=check
    )
    without = sigmoid(logits)  # (S,)
    of_span = dict(zip(spans, without.tolist(), strict=True))

    def phrases(parts: Sequence[Span]) -> tuple[Phrase, ...]:
        return tuple(
            Phrase(
                start=span.start,
                end=span.end,
                text=encoding.text[encoding.starts[span.start] : encoding.ends[span.end - 1]],
                attribution=float(run.total[span.start : span.end].sum()),
                without=of_span[span],
            )
            for span in parts
        )

    return Account(
        attribution=Attributions(run.total, residual),
        without=without[: len(encoding)],
        clauses=phrases(clauses),
        sentences=phrases(sentences),
    )
