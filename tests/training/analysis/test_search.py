"""A search finds all places that meet the conditions, in parts that `datasets` reads."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from datasets import Dataset, disable_progress_bars, load_dataset

from gatewise.models.errors import DataError, ResumeError
from gatewise.models.explain.decomposition import unit_contributions
from gatewise.models.predictor import Predictor
from gatewise.training.analysis import search as module
from gatewise.training.analysis.contexts import context
from gatewise.training.analysis.search import FEATURES, Condition, Query, flips_label, search
from gatewise.training.data.samples import draw
from tests.models.artifacts import small_artifact

TEXTS = [
    "A great movie, I love it!",
    "The plot was boring. But I love the end.",
    "Boring, boring<br />boring plot!  It was the end",
    "Great",
]


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    disable_progress_bars()
    return Predictor(small_artifact())


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    labels, sources = [1, 0, 0, -1], ["films"] * 4
    return Dataset.from_dict({"text": TEXTS, "label": labels, "source": sources})


def find(
    predictor: Predictor, dataset: Dataset, out: Path, *where: str, **more: Any
) -> list[dict[str, Any]]:
    query = Query(tuple(map(Condition.parse, where)), more.get("flips", False), more.get("units"))
    rows = list(range(len(dataset)))
    count = search(predictor, dataset, rows, query, out, request={"where": list(where)})
    paths = [str(path) for path in sorted(out.glob("*.parquet"))]
    if not paths:
        assert count == 0
        return []
    found = Dataset.from_parquet(paths)
    assert found.features == FEATURES
    assert len(found) == count
    return list(found)


@pytest.mark.parametrize("where", ["reset<0.4", "update>0.6", "write>0.6", "decomposition<-0.05"])
def test_exactly_the_places_that_meet_a_condition_are_found(
    predictor: Predictor, dataset: Dataset, tmp_path: Path, where: str
) -> None:
    condition = Condition.parse(where)
    places = set()
    for row, text in enumerate(TEXTS):
        explanation = predictor.explain(text)
        trace, head = explanation.trace, predictor.artifact.weights.head_weight
        values = {
            "reset": trace.reset_gate,
            "update": trace.update_gate,
            "write": 1 - trace.update_gate,
            "decomposition": unit_contributions(trace, head),
        }[condition.quantity]
        met = values < condition.bound if condition.below else values > condition.bound
        places |= {(row, token, unit) for token, unit in np.argwhere(met).tolist()}
    found = find(predictor, dataset, tmp_path, where)
    assert {(place["row"], place["token"], place["unit"]) for place in found} == places
    assert len(places) > 0


def test_a_place_has_the_values_of_the_trace_and_its_context(
    predictor: Predictor, dataset: Dataset, tmp_path: Path
) -> None:
    place = find(predictor, dataset, tmp_path, "reset>0", units=(3,))[10]
    explanation = predictor.explain(TEXTS[place["row"]])
    token = place["token"]
    assert place["unit"] == 3
    assert place["word"] == explanation.encoding.word(token)
    for name, array in (
        ("reset", explanation.trace.reset_gate),
        ("update", explanation.trace.update_gate),
        ("hidden", explanation.trace.hidden),
    ):
        assert place[name] == array[token, 3], name
    assert place["running_probability"] == pytest.approx(explanation.running_probability[token])


def test_all_conditions_must_hold(predictor: Predictor, dataset: Dataset, tmp_path: Path) -> None:
    found = find(predictor, dataset, tmp_path, "reset<0.5", "write>0.5", units=(0, 2, 4))
    assert found
    assert all(place["reset"] < 0.5 and place["update"] < 0.5 for place in found)
    assert {place["unit"] for place in found} <= {0, 2, 4}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_unit_flips_the_label_if_it_would_not_have_changed_without_it(seed: int) -> None:
    artifact = small_artifact(seed=seed)
    # The running prediction of the small model is never clear; that of a steeper head is.
    steep = replace(artifact.weights, head_weight=10 * artifact.weights.head_weight, head_bias=0.0)
    predictor = Predictor(replace(artifact, weights=steep))
    head = steep.head_weight.astype(np.float64)
    for text in [f"{first} {second}" for first in TEXTS for second in TEXTS]:
        explanation = predictor.explain(text)
        hidden, running = (
            explanation.trace.hidden.astype(np.float64),
            explanation.decomposition.running_logit,
        )
        flipped = flips_label(explanation, head)
        for token, unit in np.ndindex(flipped.shape):
            if token not in explanation.flips:
                assert not flipped[token, unit]
                continue
            state = hidden[token].copy()
            state[unit] = hidden[token - 1, unit]
            without = state @ head + explanation.decomposition.bias
            assert flipped[token, unit] == ((without > 0) == (running[token - 1] > 0))


def test_the_files_are_read_by_load_dataset(
    predictor: Predictor, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TEXTS_IN_A_PART", 1)
    found = find(predictor, dataset, tmp_path / "found", "reset<0.4")
    assert len(list((tmp_path / "found").glob("*.parquet"))) == len(TEXTS)
    again = load_dataset(str(tmp_path / "found"), split="train", cache_dir=str(tmp_path / "cache"))
    assert list(again) == found


def test_without_places_there_is_no_file(
    predictor: Predictor, dataset: Dataset, tmp_path: Path
) -> None:
    assert find(predictor, dataset, tmp_path, "reset<0") == []


def test_an_interrupted_search_is_resumed_after_its_last_part(
    predictor: Predictor, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TEXTS_IN_A_PART", 1)
    whole = find(predictor, dataset, tmp_path, "reset<0.4")
    first, *rest = sorted(tmp_path.glob("*.parquet"))
    for part in rest:
        part.unlink()
    state = tmp_path / ".search.json"
    progress = json.loads(state.read_text())
    state.write_text(json.dumps({**progress, "places": progress["places"][:1]}))
    stamp = first.stat().st_mtime_ns
    assert find(predictor, dataset, tmp_path, "reset<0.4") == whole
    assert first.stat().st_mtime_ns == stamp


def test_a_search_interrupted_in_its_first_part_is_resumed(
    predictor: Predictor, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = module._Progress.save

    def interrupted_after_the_part(progress: module._Progress, out: Path) -> None:
        if progress.places:
            raise KeyboardInterrupt
        save(progress, out)

    with monkeypatch.context() as patch:
        patch.setattr(module._Progress, "save", interrupted_after_the_part)
        with pytest.raises(KeyboardInterrupt):
            find(predictor, dataset, tmp_path, "reset<0.4")
    assert len(find(predictor, dataset, tmp_path, "reset<0.4")) > 0


def test_another_search_in_the_same_directory_is_rejected(
    predictor: Predictor, dataset: Dataset, tmp_path: Path
) -> None:
    find(predictor, dataset, tmp_path, "reset<0.4")
    with pytest.raises(ResumeError, match="contains another search"):
        find(predictor, dataset, tmp_path, "reset<0.5")


def test_the_progress_of_another_version_is_rejected(
    predictor: Predictor, dataset: Dataset, tmp_path: Path
) -> None:
    (tmp_path / ".search.json").write_text('{"asked": {}, "places": []}')
    with pytest.raises(ResumeError, match="contains another search"):
        find(predictor, dataset, tmp_path, "reset<0.4")


def test_a_directory_with_other_parquet_files_is_rejected(
    predictor: Predictor, dataset: Dataset, tmp_path: Path
) -> None:
    dataset.to_parquet(str(tmp_path / "mine.parquet"))
    with pytest.raises(ResumeError, match="not of a search"):
        find(predictor, dataset, tmp_path, "reset<0.4")


@pytest.mark.parametrize("text", ["", "reset", "reset=0.1", "rest<0.1", "reset<a", "reset<0.1<1"])
def test_an_invalid_condition_is_rejected(text: str) -> None:
    with pytest.raises(DataError, match="is not a condition"):
        Condition.parse(text)


def test_a_context_is_six_words_on_both_sides_in_one_line(predictor: Predictor) -> None:
    words = [f"w{n}" for n in range(20)]
    encoding = predictor.encode([" ".join(words[:10]) + "<br /><br />" + "\n".join(words[10:])])[0]
    before, word, after = context(encoding, 9)
    assert (before + word + after).split() == words[3:16]
    assert "\n" not in before + after
    assert context(encoding, 0)[0] == ""


def test_a_very_long_word_is_shortened(predictor: Predictor) -> None:
    encoding = predictor.encode(["a" * 5000 + " b " + "c" * 5000])[0]
    assert all(len(part) <= 81 for part in context(encoding, 1))


def test_a_sample_is_reproducible_and_sorted() -> None:
    dataset = Dataset.from_dict({"text": list("abcdefghij")})
    once, again, other = (draw(dataset, 4, seed=seed) for seed in (1, 1, 2))
    assert once == again == sorted(once)
    assert once != other
    assert draw(dataset, None, seed=1) == list(range(10))
