"""A run must not hold out texts that a model it builds on was trained on."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset

from benchmarks.reading_perturbations import curly_quotes
from gatewise.models.artifact.artifact import Artifact, load_artifact
from gatewise.models.artifact.location import releases
from gatewise.models.errors import DataError
from gatewise.training.data.overlap import check_held_out, text_digests
from gatewise.training.data.repeated_split import SplitRecipe
from gatewise.training.data.sources import Corpus, read_corpus
from gatewise.training.data.splits import Split, split_corpus
from tests.models.artifacts import small_artifact
from tests.training.reviews import small_config, write_reviews


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=60)


def trained_on(source: Path, *, start: dict[str, Any] | None = None) -> Artifact:
    """Return a model whose stored configuration and figures are those of a run on 60 reviews."""
    return replace(
        small_artifact(),
        training=small_config(source).model_dump(mode="json"),
        metrics={"texts": {"train": 48, "validation": 12}, "start": start},
    )


def run_on(path: Path, texts: list[str]) -> tuple[Corpus, Split]:
    """Return the texts of a run on a file of these texts, and their split."""
    rows = {"text": texts, "label": [number % 2 for number in range(len(texts))]}
    Dataset.from_dict(rows).to_csv(path)
    corpus = read_corpus(str(path), snippets=False)
    return corpus, split_corpus(corpus, validation_fraction=0.5, seed=0, key="read")


def training_texts(model: Artifact) -> list[str]:
    recipe = SplitRecipe.of(model)
    return recipe.repeat(recipe.read()).train["text"][:]


def test_the_split_of_the_model_itself_is_accepted(films: Path) -> None:
    corpus = read_corpus(str(films), snippets=False)
    split = split_corpus(corpus, validation_fraction=0.2, seed=0, key="read")
    check_held_out(trained_on(films), corpus, split)


def test_another_split_of_the_same_texts_is_rejected_with_the_right_options(films: Path) -> None:
    corpus = read_corpus(str(films), snippets=False)
    split = split_corpus(corpus, validation_fraction=0.2, seed=1, key="read")
    with pytest.raises(DataError, match=r"--split-seed 0 --validation-fraction 0\.2"):
        check_held_out(trained_on(films), corpus, split)


def test_a_split_by_another_kind_of_key_is_rejected_with_the_right_options(films: Path) -> None:
    corpus = read_corpus(str(films), snippets=False)
    split = split_corpus(corpus, validation_fraction=0.2, seed=0, key="written")
    with pytest.raises(DataError, match=r"--validation-fraction 0\.2 --split-key read"):
        check_held_out(trained_on(films), corpus, split)


def test_copies_with_other_tags_and_quotes_are_found(films: Path, tmp_path: Path) -> None:
    model = trained_on(films)
    known = [f"<p>{curly_quotes(text)}</p>" for text in training_texts(model)[:20]]
    corpus, split = run_on(tmp_path / "hotels.csv", known)
    with pytest.raises(DataError, match="was trained on 10 of the 10 texts that this run holds"):
        check_held_out(model, corpus, split)


def test_other_texts_are_accepted(films: Path, tmp_path: Path) -> None:
    corpus, split = run_on(tmp_path / "hotels.csv", [f"hotel {number}" for number in range(20)])
    check_held_out(trained_on(films), corpus, split)


def test_texts_are_found_in_a_file_of_another_name(films: Path, tmp_path: Path) -> None:
    model = trained_on(films)
    known = [f"  {text}\n" for text in training_texts(model)[:20]]
    corpus, split = run_on(tmp_path / "hotels.csv", known)
    with pytest.raises(DataError, match="was trained on 10 of the 10 texts that this run holds"):
        check_held_out(model, corpus, split)


def test_the_texts_of_the_model_before_are_checked_too(films: Path, tmp_path: Path) -> None:
    first = trained_on(films)
    texts = {"train": 48, "validation": 12}
    start = {"name": "first", "training": dict(first.training), "texts": texts, "start": None}
    second = tmp_path / "more.csv"
    Dataset.from_dict(
        {"text": [f"film {n}" for n in range(60)], "label": [n % 2 for n in range(60)]}
    ).to_csv(second)
    corpus, split = run_on(tmp_path / "hotels.csv", training_texts(first)[:20])
    with pytest.raises(DataError, match="first was trained on 10 of the 10 texts"):
        check_held_out(trained_on(second, start=start), corpus, split)


@pytest.mark.slow
def test_texts_that_are_not_available_are_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus, split = run_on(tmp_path / "hotels.csv", [f"hotel {number}" for number in range(20)])
    with caplog.at_level(logging.WARNING):
        check_held_out(trained_on(tmp_path / "nowhere.csv"), corpus, split)
    assert "nowhere.csv): whether it has seen texts" in caplog.text


@pytest.mark.slow
def test_the_texts_of_a_release_are_known_without_a_copy_of_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the stored source is a relative path
    release = load_artifact(releases()["imdb-gru-512"])
    recipe = SplitRecipe.of(release)
    known = recipe.repeat(recipe.read("packaged")).train["text"][:20]
    corpus, split = run_on(tmp_path / "films.csv", list(known))
    with pytest.raises(DataError, match="imdb-gru-512 was trained on 10 of the 10 texts"):
        check_held_out(release, corpus, split)


def test_case_and_spacing_do_not_change_a_digest() -> None:
    assert text_digests(["A  film."]) == text_digests([" a FILM."])
    assert text_digests(["A film."]) != text_digests(["A film!"])


def test_markup_and_punctuation_do_not_change_a_digest_of_what_is_read() -> None:
    assert text_digests(["<p>A film!</p>"], "read") == text_digests(["a film"], "read")
