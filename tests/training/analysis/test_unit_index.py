"""The index of units: their strongest places, each word once, and their half-lives."""

import numpy as np
import pytest
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.analysis.unit_index import PLACES, measure_units
from tests.models.artifacts import small_artifact

TEXTS = [
    "A great movie, I love it!",
    "The plot was boring. But I love the end.",
    "Boring, boring boring plot! It was the end",
    "Great",
]


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(small_artifact())


def data(texts: list[str]) -> Dataset:
    return Dataset.from_dict(
        {"text": texts, "label": [0] * len(texts), "source": ["films"] * len(texts)}
    )


def test_the_strongest_place_of_each_kind_is_first(predictor: Predictor) -> None:
    index = measure_units(predictor, data(TEXTS), [0, 1, 2, 3], source="films")
    traces = [predictor.explain(text).trace for text in TEXTS]
    lowest_reset = np.min([trace.reset_gate[1:].min(axis=0) for trace in traces[:3]], axis=0)
    highest = np.max([trace.update_gate[1:].max(axis=0) for trace in traces[:3]], axis=0)
    lowest = np.min([trace.update_gate[1:].min(axis=0) for trace in traces[:3]], axis=0)
    for unit, profile in enumerate(index.units):
        assert profile.resets[0].value == pytest.approx(lowest_reset[unit], abs=1e-5)
        assert profile.keeps[0].value == pytest.approx(highest[unit], abs=1e-5)
        assert profile.writes[0].value == pytest.approx(lowest[unit], abs=1e-5)


def test_places_are_sorted_and_have_different_words(predictor: Predictor) -> None:
    many = [" ".join(TEXTS[:2]), *TEXTS, *reversed(TEXTS[1:3])]
    index = measure_units(predictor, data(many), list(range(len(many))), source="films")
    for profile in index.units:
        for places, order in (
            (profile.resets, [place.value for place in profile.resets]),
            (profile.keeps, [-place.value for place in profile.keeps]),
            (profile.writes, [place.value for place in profile.writes]),
            (profile.contributes, [-abs(place.value) for place in profile.contributes]),
        ):
            words = [place.word.lower() for place in places]
            assert len(words) == len(set(words)) <= PLACES
            assert order == sorted(order)


def test_the_mean_update_gate_to_the_power_of_the_half_life_is_one_half(
    predictor: Predictor,
) -> None:
    index = measure_units(predictor, data(TEXTS), [0, 1, 2, 3], source="films")
    gates = np.concatenate([predictor.explain(text).trace.update_gate[1:] for text in TEXTS])
    kept = np.exp(np.log(gates.astype(np.float64)).mean(axis=0))
    half_lives = np.array([profile.half_life for profile in index.units])
    np.testing.assert_allclose(kept**half_lives, 0.5, rtol=1e-3)
    assert (index.source, index.texts, index.tokens) == ("films", 4, len(gates))


def test_texts_of_one_token_are_rejected(predictor: Predictor) -> None:
    with pytest.raises(DataError, match="has two words"):
        measure_units(predictor, data(["Great"]), [0], source="films")
