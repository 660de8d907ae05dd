"""How faithful a ranking of a text's tokens is to the network, measured by reading without them.

Removing a token means deleting it from the sequence. For this network that is the same as closing
its update gate (z_t = 1): the token writes nothing, and all later words are read from the state
before it. The usual alternative, a mask token, would need a word whose meaning is "nothing", which
the network was never taught; reading a shorter text it was.

With p the probability of the class predicted for the whole text x, and tokens ranked by how much
their scores speak for that class, ERASER (DeYoung et al. 2020, arXiv 1911.03429) defines

    comprehensiveness   p(x) − p(x without the top k %)    high: what ranks high was needed
    sufficiency         p(x) − p(the top k % alone)        low: what ranks high is enough

and averages over several k (AOPC); here 5, 10, 20, 30, 40 and 50, each rounded up to whole tokens.
The third figure is Kendall's τ-b between the scores and leave-one-out: by how much the logit falls
when a single token is deleted. All are to be read beside those of random rankings of the same text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from jaxtyping import Float, Float64, Int32, Int64

from models.gates import sigmoid
from models.intervene import run_on, states_before
from models.recurrence import Recurrence

PERCENTAGES = (5, 10, 20, 30, 40, 50)
RANDOM_RANKINGS = 10


@dataclass(frozen=True)
class Faithfulness:
    """Figures of one ranking, or means over several.

    `agreement` is Kendall's τ-b with leave-one-out, from −1 to 1; 0 where either side is the same
    for all tokens, so that there is no order to agree with.
    """

    comprehensiveness: float
    sufficiency: float
    agreement: float


@dataclass(frozen=True)
class FaithfulnessReport:
    """The figures of named rankings beside the means over random ones of the same text."""

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
) -> FaithfulnessReport:
    """Measure rankings beside random ones; the same seed gives the same random ones."""
    drawn = random_scores(len(ids), random_rankings, seed=seed)  # (K, T)
    effects = leave_one_out(recurrence, ids)  # (T,)
    figures = measure(recurrence, ids, [*rankings.values(), *drawn], effects=effects)
    named = dict(zip(rankings, figures, strict=False))
    random = mean_faithfulness(figures[len(rankings) :])
    return FaithfulnessReport(named, random, random_rankings)


def measure(
    recurrence: Recurrence,
    ids: Int32[np.ndarray, " T"],
    rankings: Sequence[Float[np.ndarray, " T"]],
    *,
    effects: Float64[np.ndarray, " T"],
) -> list[Faithfulness]:
    """Measure rankings of one text, given as scores in the sense of the logit, all in one batch.

    `effects` is what `leave_one_out` answers for the text. Positive scores speak for the positive
    class, as a ledger's contributions do; tokens are ranked for the class that was predicted, and
    equal scores in the order of the text.
    """
    variants = [ids]
    towards = 1 if recurrence.logits([ids])[0] > 0 else -1
    for scores in rankings:
        order = np.argsort(-towards * scores, kind="stable")  # (T,)
        for percentage in PERCENTAGES:
            top = order[: _tokens(percentage, len(ids))]  # (k,)
            variants += [np.delete(ids, top), ids[np.sort(top)]]
    probabilities = sigmoid(towards * recurrence.logits(variants))  # (1 + 12 R,)
    falls = (probabilities[0] - probabilities[1:]).reshape(-1, len(PERCENTAGES), 2)  # (R, 6, 2)
    return [
        Faithfulness(comprehensiveness, sufficiency, kendall_tau(scores, effects))
        for (comprehensiveness, sufficiency), scores in zip(
            falls.mean(axis=1).tolist(), rankings, strict=True
        )
    ]


def leave_one_out(
    recurrence: Recurrence, ids: Int32[np.ndarray, " T"]
) -> Float64[np.ndarray, " T"]:
    """Answer by how much the logit falls when each token is deleted: logit − logit without it.

    A text without token t shares its past with the whole text, so it is read from the state before
    t on: half the steps of reading T shorter texts.
    """
    hidden = recurrence.states(ids)  # (T, H)
    last = run_on(recurrence, states_before(hidden), ids)  # (T, H)
    lost = hidden[-1].astype(np.float64) - last  # (T, H)
    return lost @ recurrence.weights.head_weight.astype(np.float64)  # (T,)


def random_scores(tokens: int, count: int, *, seed: int) -> Float64[np.ndarray, "K T"]:
    """Draw scores without meaning, `count` of them for each token."""
    return np.random.default_rng(seed).standard_normal((count, tokens))


def mean_faithfulness(figures: Sequence[Faithfulness]) -> Faithfulness:
    """Average each figure; of none, all are NaN."""
    rows = np.array([astuple(entry) for entry in figures]).reshape(-1, 3)  # (N, 3)
    if not len(rows):
        return Faithfulness(*[float("nan")] * 3)
    return Faithfulness(*rows.mean(axis=0).tolist())


def kendall_tau(a: Float[np.ndarray, " T"], b: Float[np.ndarray, " T"]) -> float:
    """Kendall's τ-b of two score vectors: concordant less discordant pairs, allowing for ties.

    0 where one of them is constant, and the coefficient undefined.
    """
    rank_a, rank_b = _ranks(a), _ranks(b)  # (T,) each
    signs_a = np.sign(rank_a[:, None] - rank_a).astype(np.int8)  # (T, T)
    signs_b = np.sign(rank_b[:, None] - rank_b).astype(np.int8)  # (T, T)
    untied = float(np.count_nonzero(signs_a)) * float(np.count_nonzero(signs_b))
    agreeing = float((signs_a * signs_b).sum(dtype=np.int64))
    return agreeing / untied**0.5 if untied else 0.0


def _ranks(scores: Float[np.ndarray, " T"]) -> Int64[np.ndarray, " T"]:
    return np.unique(scores, return_inverse=True)[1]


def _tokens(percentage: int, tokens: int) -> int:
    """Round the share of the tokens up, in whole numbers: 30 % of 10 are 3, not 3.0000000000004."""
    return -(-tokens * percentage // 100)
