"""Gates are measured on validation reviews, the same ones every time."""

import numpy as np
import pytest
from datasets import Dataset

from models.errors import DataError
from models.predictor import Predictor
from tests.models.artifacts import small_artifact
from training.gate_statistics import measure_gates

TEXTS = ["A great movie, I love it!", "The plot was boring. But I love the end.", "Great"]


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(small_artifact())


def test_the_averages_are_over_every_token_with_an_old_state(predictor: Predictor) -> None:
    statistics = measure_gates(predictor, Dataset.from_dict({"text": TEXTS}), seed=0)
    traces = [predictor.explain(text).trace for text in TEXTS]
    resets = np.concatenate([trace.reset_gate[1:] for trace in traces])
    updates = np.concatenate([trace.update_gate[1:] for trace in traces])
    assert (statistics.texts, statistics.tokens) == (3, len(resets))
    np.testing.assert_allclose(statistics.mean_reset, resets.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(statistics.mean_update, updates.mean(axis=0), rtol=1e-6)


def test_the_percentiles_of_the_first_band_are_those_of_the_second_tokens(
    predictor: Predictor,
) -> None:
    statistics = measure_gates(predictor, Dataset.from_dict({"text": TEXTS}), seed=0)
    ledgers = [predictor.explain(text).ledger for text in TEXTS]
    recalled = np.concatenate([ledger.recalled_share[1:2] for ledger in ledgers])
    released = np.concatenate([ledger.released_share[1:2] for ledger in ledgers])
    assert statistics.recalled_share[0, 50] == pytest.approx(np.median(recalled))
    assert statistics.released_share[0, 100] == released.max()


def test_a_seed_gives_the_same_sample_each_time(predictor: Predictor) -> None:
    dataset = Dataset.from_dict({"text": [f"I love {'great ' * (n % 7)}" for n in range(1050)]})
    once, again, other = (measure_gates(predictor, dataset, seed=seed) for seed in (3, 3, 4))
    assert once.texts == 1000
    assert once.to_json() == again.to_json()
    assert once.tokens != other.tokens


def test_texts_of_one_token_cannot_be_measured(predictor: Predictor) -> None:
    with pytest.raises(DataError, match="has two words"):
        measure_gates(predictor, Dataset.from_dict({"text": ["Great"]}), seed=0)
