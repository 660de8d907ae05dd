"""Faithfulness metrics, compared with plain implementations of their definitions."""

from itertools import combinations
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.explain.faithfulness import (
    PERCENTAGES,
    Faithfulness,
    faithfulness_report,
    kendall_tau,
    mean_faithfulness,
    measure,
    random_scores,
)
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], dtype=np.int32)
scores_of = st.lists(st.integers(-5, 5), min_size=2, max_size=30)


def plain_tau(a: list[int], b: list[int]) -> float:
    """Kendall 1945: (concordant − discordant) / √(pairs untied in a × pairs untied in b)."""
    pairs = list(combinations(range(len(a)), 2))
    signs = [(np.sign(a[i] - a[j]), np.sign(b[i] - b[j])) for i, j in pairs]
    untied = sum(x != 0 for x, _ in signs) * sum(y != 0 for _, y in signs)
    return float(sum(x * y for x, y in signs) / np.sqrt(untied)) if untied else 0.0


def plain_aopc(recurrence: Recurrence, ids: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Compute comprehensiveness and sufficiency by their definitions, one text at a time."""

    def probability(kept: list[int]) -> float:
        logits = recurrence.logits([ids[kept]])
        return float(sigmoid(logits if positive else -logits)[0])

    everything = list(range(len(ids)))
    positive = bool(recurrence.logits([ids])[0] > 0)
    speaking = scores if positive else -scores
    order = sorted(everything, key=lambda position: -speaking[position])
    whole = probability(everything)
    without, alone = [], []
    for percentage in PERCENTAGES:
        top = set(order[: ceil(len(ids) * percentage / 100)])
        without.append(whole - probability([p for p in everything if p not in top]))
        alone.append(whole - probability([p for p in everything if p in top]))
    return float(np.mean(without)), float(np.mean(alone))


@given(a=scores_of, data=st.data())
def test_kendall_tau_equals_counting_pairs(a: list[int], data: st.DataObject) -> None:
    b = data.draw(st.lists(st.integers(-5, 5), min_size=len(a), max_size=len(a)))
    expected = plain_tau(a, b)
    assert kendall_tau(np.array(a, float), np.array(b, float)) == pytest.approx(expected)


def test_kendall_tau_of_equal_and_opposite_orders_is_one_and_minus_one() -> None:
    scores = np.array([3.0, -1.0, 2.0, 0.0])
    assert kendall_tau(scores, np.exp(scores)) == pytest.approx(1)
    assert kendall_tau(scores, -scores) == pytest.approx(-1)


def test_kendall_tau_with_a_constant_is_zero() -> None:
    assert kendall_tau(np.zeros(4), np.arange(4.0)) == 0


@given(case=cases(max_texts=1, max_tokens=23), seed=st.integers(0, 99))
def test_comprehensiveness_and_sufficiency_equal_their_definitions(case: Case, seed: int) -> None:
    recurrence, ids = Recurrence(case.weights), case.texts[0]
    rankings = random_scores(len(ids), 2, seed=seed)
    effects = leave_one_out(recurrence, ids)
    metrics = measure(recurrence, ids, list(rankings), effects=effects)
    for scores, measured in zip(rankings, metrics, strict=True):
        expected = plain_aopc(recurrence, ids, scores)
        assert (measured.comprehensiveness, measured.sufficiency) == pytest.approx(
            expected, abs=1e-3
        )
        assert measured.agreement == kendall_tau(scores, effects)


def test_a_text_of_one_token_is_compared_with_the_empty_text() -> None:
    recurrence = Recurrence(random_weights())
    report = faithfulness_report(recurrence, IDS[:1], {"ones": np.ones(1)})
    logits = recurrence.logits([IDS[:1], IDS[:0]])
    assert logits[1] == pytest.approx(random_weights().head_bias)
    read, nothing = sigmoid(logits if logits[0] > 0 else -logits)
    metrics = report.rankings["ones"]
    assert metrics.comprehensiveness == pytest.approx(read - nothing)
    assert metrics.sufficiency == pytest.approx(0)
    assert metrics.agreement == 0


def test_leave_one_out_agrees_with_itself_and_random_rankings_do_not() -> None:
    recurrence = Recurrence(random_weights())
    scores = leave_one_out(recurrence, IDS)
    report = faithfulness_report(recurrence, IDS, {"own": scores}, random_rankings=200)
    own = report.rankings["own"]
    assert own.agreement == pytest.approx(1)
    assert abs(report.random.agreement) < 0.1
    assert own.comprehensiveness > report.random.comprehensiveness
    assert own.sufficiency < report.random.sufficiency


def test_metrics_depend_only_on_the_order_of_the_scores() -> None:
    recurrence = Recurrence(random_weights())
    scores = leave_one_out(recurrence, IDS)
    rankings = {"plain": scores, "stretched": np.tanh(3 * scores)}
    report = faithfulness_report(recurrence, IDS, rankings)
    assert report.rankings["plain"] == report.rankings["stretched"]


def test_random_rankings_are_determined_by_the_seed() -> None:
    recurrence = Recurrence(random_weights())
    reports = [
        faithfulness_report(recurrence, IDS, {"order": np.arange(10.0)}, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert reports[0] == reports[1]
    assert reports[0].random != reports[2].random


def test_mean_faithfulness_is_the_mean_of_each_metric() -> None:
    mean = mean_faithfulness([Faithfulness(1.0, 2.0, 0.5), Faithfulness(3.0, 6.0, 0.25)])
    assert mean == Faithfulness(2.0, 4.0, 0.375)
    assert np.isnan(mean_faithfulness([]).agreement)
