"""The rule for undecided texts is calibrated on held-out texts."""

from collections import Counter
from dataclasses import replace

import numpy as np
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewise.models.predictor import Predictor
from gatewise.training.evaluation.undecided import (
    FOREIGN_SHARE,
    NEUTRAL,
    UNLIKE_SHARE,
    WEAK_SHARE,
    MeasuredOthers,
    MeasuredTexts,
    calibrate_on_half,
    fit_rule,
    other_texts,
)
from tests.models.artifacts import small_artifact


def drawn(seed: int, count: int, *, unknown: float, common: float, domain: float) -> MeasuredTexts:
    """Draw measured texts around a likeness."""
    rng = np.random.default_rng(seed)
    return MeasuredTexts(
        rng.normal([unknown, common, domain], 0.1, size=(count, 3)),
        rng.integers(1, 20, size=count).astype(float),
        rng.normal(0, 2, size=count),
        rng.uniform(0, 1, size=count),
    )


def others(seed: int = 1) -> MeasuredOthers:
    return MeasuredOthers(
        unlike=drawn(seed, 50, unknown=0.5, common=0.2, domain=-1),
        neutral=MeasuredTexts(
            np.zeros((4, 3)), np.array([1.0, 2, 3, 9]), np.full(4, 0.05), np.zeros(4)
        ),
    )


@given(seed=st.integers(0, 1_000), count=st.integers(100, 400))
@settings(max_examples=20)
def test_of_each_source_at_most_the_allowed_shares_are_undecided(seed: int, count: int) -> None:
    held_out = drawn(seed, 2 * count, unknown=0.05, common=0.5, domain=0)
    sources = np.repeat(["long", "short"], count)
    rule = fit_rule(held_out, sources, others(seed))
    for source in ("long", "short"):
        undecided = held_out.undecided(rule)[sources == source]
        assert undecided.mean() <= UNLIKE_SHARE + WEAK_SHARE + FOREIGN_SHARE


def test_texts_of_other_kinds_become_undecided() -> None:
    held_out = drawn(0, 400, unknown=0.05, common=0.5, domain=0)
    rule = fit_rule(held_out, np.full(400, "mine"), others())
    new = drawn(7, 100, unknown=0.5, common=0.2, domain=-1)
    assert new.undecided(rule).mean() > 0.9


def test_short_texts_without_a_lean_become_undecided() -> None:
    held_out = drawn(0, 400, unknown=0.05, common=0.5, domain=0)
    rule = fit_rule(held_out, np.full(400, "mine"), others())
    assert 1 <= rule.few_words <= 10
    assert rule.is_weak(rule.few_words, 0.0)
    assert not rule.is_weak(rule.few_words + 1, 0.0)


def test_a_larger_share_leaves_more_texts_undecided() -> None:
    held_out = replace(drawn(0, 400, unknown=0.05, common=0.5, domain=0), foreign=np.zeros(400))
    counts = [
        held_out.undecided(
            fit_rule(held_out, np.full(400, "mine"), others(), unlike_share=share, weak_share=0.0)
        ).sum()
        for share in (0.0, 0.05, 0.2)
    ]
    assert counts[0] == 0
    assert 10 < counts[1] <= 20
    assert 70 < counts[2] <= 80


def test_too_few_held_out_texts_give_no_rule() -> None:
    few = Dataset.from_dict({"text": ["A great movie."] * 20, "source": ["mine"] * 20})
    assert calibrate_on_half(Predictor(small_artifact()), few) is None


def test_half_of_the_held_out_texts_give_a_rule() -> None:
    texts = ["A great movie, I love it!", "The plot was boring."] * 250
    many = Dataset.from_dict({"text": texts, "source": ["mine"] * 500})
    predictor = Predictor(small_artifact())
    rule = calibrate_on_half(predictor, many)
    assert rule is not None
    assert rule == calibrate_on_half(predictor, many)


def test_every_kind_of_other_texts_has_texts_for_both_parts() -> None:
    texts = other_texts()
    parts = Counter((text.kind, text.part) for text in texts)
    assert len(texts) >= 150
    assert len({text.kind for text in texts} - {NEUTRAL}) >= 12
    for kind in {text.kind for text in texts}:
        assert abs(parts[kind, "calibration"] - parts[kind, "held_out"]) <= 1


def test_no_other_text_occurs_twice() -> None:
    assert len({text.text for text in other_texts()}) == len(other_texts())
