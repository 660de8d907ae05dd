"""How faithful a ranking of a text's tokens is to the network, measured by deleting tokens.

With p the probability of the class predicted for the whole text x, and tokens ranked by how much
their scores favour that class, ERASER (DeYoung et al. 2020, arXiv 1911.03429) defines

    comprehensiveness   p(x) − p(x without the top k %)    high: the top tokens were necessary
    sufficiency         p(x) − p(the top k % alone)        low: the top tokens are sufficient

and averages over several k (AOPC); here 5, 10, 20, 30, 40 and 50, each rounded up to whole tokens.
The third metric is Kendall's τ-b between the scores and leave-one-out. All are to be compared with
those of random rankings of the same text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from jaxtyping import Float, Float64, Int32

from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence

PERCENTAGES = (5, 10, 20, 30, 40, 50)
RANDOM_RANKINGS = 10

# Shortened texts that are run together between two calls of `check`.
_PART_TEXTS = 16


def faithfulness_passes(rankings: int) -> int:
    """Return the cost of a report in passes over the text, besides one leave-one-out.

    Args:
        rankings: Number of rankings, random ones included. For each percentage, the two texts of a
            ranking have together as many tokens as the whole text.
    """
    return 1 + len(PERCENTAGES) * rankings


@dataclass(frozen=True)
class Faithfulness:
    """The metrics of one ranking, or means over several.

    Attributes:
        comprehensiveness: Mean fall of the probability without the top tokens, −1 to 1.
        sufficiency: Mean fall of the probability with the top tokens alone, −1 to 1.
        agreement: Kendall's τ-b with leave-one-out, −1 to 1; 0 if either is constant.
    """

    comprehensiveness: float
    sufficiency: float
    agreement: float


@dataclass(frozen=True)
class FaithfulnessReport:
    """The metrics of named rankings, and the means over random rankings of the same text."""

    rankings: Mapping[str, Faithfulness]
    random: Faithfulness
    random_rankings: int


def faithfulness_report(
    recurrence: Recurrence,
    ids: Int32[np.ndarray, " T"],
    rankings: Mapping[str, Float[np.ndarray, " T"]],
    *,
    random_rankings: int = RANDOM_RANKINGS,
    seed: int = 0,
    check: Callable[[], None] | None = None,
) -> FaithfulnessReport:
    """Measure rankings and random rankings of one text.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        rankings: Named scores of the tokens; positive ones favour the positive class.
        random_rankings: Number of random rankings.
        seed: Seed of the random rankings.
        check: Called between parts of the computation. It may raise an exception to stop it.
    """
    drawn = random_scores(len(ids), random_rankings, seed=seed)  # (K, T)
    effects = leave_one_out(recurrence, ids, check=check)  # (T,)
    every = [*rankings.values(), *drawn]
    metrics = measure(recurrence, ids, every, effects=effects, check=check)
    named = dict(zip(rankings, metrics, strict=False))
    random = mean_faithfulness(metrics[len(rankings) :])
    return FaithfulnessReport(named, random, random_rankings)


def measure(
    recurrence: Recurrence,
    ids: Int32[np.ndarray, " T"],
    rankings: Sequence[Float[np.ndarray, " T"]],
    *,
    effects: Float64[np.ndarray, " T"],
    check: Callable[[], None] | None = None,
) -> list[Faithfulness]:
    """Measure rankings of one text.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        rankings: Scores of the tokens; positive ones favour the positive class. Tokens are
            ranked for the predicted class, those with equal scores in the order of the text.
        effects: Result of `leave_one_out` for the text.
        check: Called between parts of the computation. It may raise an exception to stop it.

    Returns:
        The metrics of each ranking, in order.
    """
    variants = [ids]
    towards = 1 if recurrence.logits([ids])[0] > 0 else -1
    for scores in rankings:
        order = np.argsort(-towards * scores, kind="stable")  # (T,)
        for percentage in PERCENTAGES:
            top = order[: _round_up(percentage, len(ids))]  # (k,)
            variants += [np.delete(ids, top), ids[np.sort(top)]]
    probabilities = sigmoid(towards * _logits(recurrence, variants, check))  # (1 + 12 R,)
    falls = (probabilities[0] - probabilities[1:]).reshape(-1, len(PERCENTAGES), 2)  # (R, 6, 2)
    return [
        Faithfulness(comprehensiveness, sufficiency, kendall_tau(scores, effects))
        for (comprehensiveness, sufficiency), scores in zip(
            falls.mean(axis=1).tolist(), rankings, strict=True
        )
    ]


def _logits(
    recurrence: Recurrence,
    texts: Sequence[Int32[np.ndarray, " _"]],
    check: Callable[[], None] | None,
) -> Float64[np.ndarray, " B"]:
    """Compute the logits of texts, all at once or, with a check, in parts."""
    if check is None:
        return recurrence.logits(texts)
    parts = []
    for first in range(0, len(texts), _PART_TEXTS):
        check()
        parts.append(recurrence.logits(texts[first : first + _PART_TEXTS]))
    return np.concatenate(parts)  # (B,)


def random_scores(tokens: int, count: int, *, seed: int) -> Float64[np.ndarray, "K T"]:
    """Draw `count` random scores for each token."""
    return np.random.default_rng(seed).standard_normal((count, tokens))


def mean_faithfulness(metrics: Sequence[Faithfulness]) -> Faithfulness:
    """Return the mean of each metric; all are NaN if there are none."""
    rows = np.array([astuple(entry) for entry in metrics]).reshape(-1, 3)  # (N, 3)
    if not len(rows):
        return Faithfulness(*[float("nan")] * 3)
    return Faithfulness(*rows.mean(axis=0).tolist())


def kendall_tau(a: Float[np.ndarray, " T"], b: Float[np.ndarray, " T"]) -> float:
    """Compute Kendall's τ-b of two score vectors: concordant less discordant pairs, with ties.

    Returns:
        The coefficient, −1 to 1. Where it is undefined, because a vector is constant, 0.
    """
    signs_a = np.sign(a[:, None] - a).astype(np.int8)  # (T, T)
    signs_b = np.sign(b[:, None] - b).astype(np.int8)  # (T, T)
    untied = float(np.count_nonzero(signs_a)) * float(np.count_nonzero(signs_b))
    agreeing = float((signs_a * signs_b).sum(dtype=np.int64))
    return agreeing / untied**0.5 if untied else 0.0


def _round_up(percentage: int, tokens: int) -> int:
    """Return the percentage of the tokens, rounded up in integers: 30 % of 10 are 3, not 4."""
    return -(-tokens * percentage // 100)
