"""The index of units: the strongest places, each word once, and the half-life of a state."""

import json
from pathlib import Path

import numpy as np
import pytest
from datasets import Dataset

from models.artifact import load_artifact, save_artifact
from models.errors import DataError
from models.predictor import Predictor
from tests.models.artifacts import small_artifact
from training.__main__ import main
from training.unit_index import PLACES, measure_units

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


def test_places_are_in_order_and_each_word_once(predictor: Predictor) -> None:
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


def test_a_half_life_halves_what_the_gates_keep(predictor: Predictor) -> None:
    index = measure_units(predictor, data(TEXTS), [0, 1, 2, 3], source="films")
    gates = np.concatenate([predictor.explain(text).trace.update_gate[1:] for text in TEXTS])
    kept = np.exp(np.log(gates.astype(np.float64)).mean(axis=0))
    half_lives = np.array([profile.half_life for profile in index.units])
    np.testing.assert_allclose(kept**half_lives, 0.5, rtol=1e-3)
    assert (index.source, index.texts, index.tokens) == ("films", 4, len(gates))


def test_texts_of_one_token_cannot_be_measured(predictor: Predictor) -> None:
    with pytest.raises(DataError, match="has two words"):
        measure_units(predictor, data(["Great"]), [0], source="films")


def test_the_command_puts_the_index_into_the_model_and_leaves_all_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "model"
    save_artifact(small_artifact(), model)
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    data(TEXTS).to_csv(tmp_path / "films.csv")
    options = ["--source", str(tmp_path / "films.csv"), "--model", str(model)]
    assert main(["search", "--index", *options]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    counted = sum(len(small_artifact().tokenizer.encode(text)) - 1 for text in TEXTS)
    assert said == {"texts": 4, "tokens": counted, "units": 7}
    stored = load_artifact(model).unit_index
    assert stored is not None
    assert stored.index.source == "films.csv"
    changed = {name for name, content in before.items() if (model / name).read_bytes() != content}
    assert changed == {"config.json"}
