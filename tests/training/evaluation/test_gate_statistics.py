"""Gate statistics on a seeded sample of validation texts."""

import numpy as np
import pytest
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.evaluation.gate_statistics import measure_gates
from tests.models.artifacts import small_artifact

TEXTS = ["A great movie, I love it!", "The plot was boring. But I love the end.", "Great"]


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(small_artifact())


def test_means_are_over_all_tokens_with_a_previous_state(predictor: Predictor) -> None:
    statistics = measure_gates(predictor, Dataset.from_dict({"text": TEXTS}), seed=0)
    traces = [predictor.explain(text).trace for text in TEXTS]
    resets = np.concatenate([trace.reset_gate[1:] for trace in traces])
    updates = np.concatenate([trace.update_gate[1:] for trace in traces])
    assert (statistics.texts, statistics.tokens) == (3, len(resets))
    np.testing.assert_allclose(statistics.mean_reset, resets.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(statistics.mean_update, updates.mean(axis=0), rtol=1e-6)


def test_percentiles_of_the_first_band_are_those_of_second_tokens(
    predictor: Predictor,
) -> None:
    statistics = measure_gates(predictor, Dataset.from_dict({"text": TEXTS}), seed=0)
    decompositions = [predictor.explain(text).decomposition for text in TEXTS]
    recalled = np.concatenate(
        [decomposition.recalled_share[1:2] for decomposition in decompositions]
    )
    released = np.concatenate(
        [decomposition.released_share[1:2] for decomposition in decompositions]
    )
    assert statistics.recalled_share[0, 50] == pytest.approx(np.median(recalled))
    assert statistics.released_share[0, 100] == released.max()


def test_the_sample_depends_on_the_seed(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatewise.training.evaluation.gate_statistics.SAMPLE", 40)
    dataset = Dataset.from_dict({"text": [f"I love {'great ' * (n % 7)}" for n in range(60)]})
    once, again, other = (measure_gates(predictor, dataset, seed=seed) for seed in (3, 3, 4))
    assert once.texts == 40
    assert once.to_json() == again.to_json()
    assert once.tokens != other.tokens


def test_texts_of_one_token_are_rejected(predictor: Predictor) -> None:
    with pytest.raises(DataError, match="has two words"):
        measure_gates(predictor, Dataset.from_dict({"text": ["Great"]}), seed=0)
