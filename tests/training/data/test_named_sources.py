"""The added sources `cad`, `sst` and `augmented`."""

from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.training.data import named_sources
from gatewise.training.data.added_texts import AddedSource
from gatewise.training.data.named_sources import (
    phrase_target,
    read_added,
    read_pairs,
    read_phrases,
)
from gatewise.training.data.treebank import tree_phrases
from tests.training.data.added import PHRASES, write_pairs, write_phrases


def read_one(written: str, *, fraction: float = 0.25, seed: int = 0) -> AddedSource:
    return read_added([written], seed=seed, fraction=fraction)[0]


def test_pairs_to_train_on_and_held_out_ones_are_apart(tmp_path: Path) -> None:
    source = read_pairs(str(write_pairs(tmp_path, train=4, dev=2)))
    groups = [{row.group for row in side.rows} for side in (source.train, source.held_out)]
    assert (len(source.train), len(source.held_out)) == (8, 4)
    assert not groups[0] & groups[1]


def test_a_pair_has_both_labels(tmp_path: Path) -> None:
    rows = read_pairs(str(write_pairs(tmp_path))).train.rows
    assert {row.target for row in rows if row.group == "0"} == {0.0, 1.0}
    assert {row.kind for row in rows if row.group == "0"} == {"original", "revised"}


def test_phrases_keep_their_score_and_sentence(tmp_path: Path) -> None:
    phrases = read_phrases(str(write_phrases(tmp_path)))
    assert [(row.text, row.score, int(row.group)) for row in phrases.rows] == list(PHRASES)


def test_the_target_of_a_neutral_phrase_is_one_half() -> None:
    assert phrase_target(0.5) == 0.5


def test_the_target_is_sharper_than_the_score() -> None:
    assert phrase_target(0.75) > 0.9
    assert phrase_target(0.25) < 0.1


def test_sentences_are_held_out_with_all_their_phrases(tmp_path: Path) -> None:
    source = read_one(f"sst={write_phrases(tmp_path)}")
    held_out = {row.group for row in source.held_out.rows}
    assert len(held_out) == 1
    assert not held_out & {row.group for row in source.train.rows}


def test_neutral_phrases_have_no_label(tmp_path: Path) -> None:
    phrases = read_phrases(str(write_phrases(tmp_path)))
    assert phrases.neutral.tolist() == [0.4 < score <= 0.6 for _, score, _ in PHRASES]
    assert phrases.labels[~phrases.neutral].tolist() == [
        float(score > 0.6) for _, score, _ in PHRASES if not 0.4 < score <= 0.6
    ]


def test_generated_texts_to_train_on_are_not_among_the_held_out_ones() -> None:
    source = read_one("augmented=200")
    assert len(source.train) == 200
    assert not set(source.train.texts) & set(source.held_out.texts)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere could not be read .* text, score, sentence"):
        read_one(f"sst={tmp_path / 'nowhere'}")


def test_an_unknown_split_of_pairs_is_rejected(tmp_path: Path) -> None:
    row = {"text": "A film.", "label": 1, "pair": 0, "kind": "original", "split": "test"}
    Dataset.from_list([row]).to_parquet(tmp_path / "pairs.parquet")
    with pytest.raises(DataError, match="'test' is neither train nor dev"):
        read_pairs(str(tmp_path))


def published(monkeypatch: pytest.MonkeyPatch, files: dict[str, list[dict[str, Any]]]) -> None:
    """Let `load_dataset` return rows by the name of the split, as if they were on the network."""

    def load(kind: str, *, data_files: dict[str, str], split: str, **options: Any) -> Dataset:
        return Dataset.from_list(files[split])

    monkeypatch.setattr(named_sources, "load_dataset", load)


def test_the_first_of_a_published_pair_is_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        {"Sentiment": "Negative", "Text": "A dull film.", "batch_id": 7},
        {"Sentiment": "Positive", "Text": "A fine film.", "batch_id": 7},
    ]
    published(monkeypatch, {"train": lines, "dev": lines})
    rows = read_pairs(None).train.rows
    assert [(row.text, row.target, row.kind) for row in rows] == [
        ("A dull film.", 0.0, "original"),
        ("A fine film.", 1.0, "revised"),
    ]


def test_published_phrases_are_those_of_the_sentences_to_train_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The tree ((a fine) film): nodes 4 and 5 join words.
    sentence = {"tokens": "a|fine|film", "tree": "4|4|5|5|0"}
    scores = {"a": 0.5, "fine": 0.8, "film": 0.5, "a fine": 0.7, "a fine film": 0.9, "dull": 0.1}
    published(
        monkeypatch,
        {
            "train": [sentence, sentence],
            "dictionary": [{"phrase": text, "label": score} for text, score in scores.items()],
        },
    )
    rows = read_phrases(None).rows
    assert {row.text: row.score for row in rows} == {
        text: score for text, score in scores.items() if text != "dull"
    }
    assert {row.group for row in rows} == {"0"}


def test_a_missing_network_is_reported_with_the_alternative(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(*_: Any, **__: Any) -> Dataset:
        raise ConnectionError("no route")

    monkeypatch.setattr(named_sources, "load_dataset", load)
    with pytest.raises(DataError, match=r"no route.*--add cad=FOLDER"):
        read_pairs(None)


def test_the_phrases_of_a_tree_are_its_nodes() -> None:
    assert tree_phrases("a|fine|film", "4|4|5|5|0") == [
        "a",
        "fine",
        "film",
        "a fine",
        "a fine film",
    ]
