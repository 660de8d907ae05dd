"""The split of a model's training, repeated from its artifact."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from gatewise.models.artifact.artifact import Artifact, load_artifact
from gatewise.models.artifact.location import releases
from gatewise.models.errors import DataError
from gatewise.training.data.repeated_split import SplitRecipe
from gatewise.training.data.sources import read_corpus
from gatewise.training.data.splits import split_corpus
from tests.models.artifacts import small_artifact
from tests.training.reviews import small_config, write_reviews

# All releases have held out the same 6,706 texts. This is their digest, in alphabetical order.
RELEASES = ("imdb-gru-512", "imdb-gru-256", "imdb-gru-96")
HELD_OUT = "da73457ff7638328e5d12f8d500af7c5b6a336dee7e69a8eda38215602ef996b"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=60)


def artifact(source: Path, *, train: int = 42, validation: int = 18) -> Artifact:
    config = small_config(source, validation_fraction=0.3, split_seed=5)
    return replace(
        small_artifact(),
        training=config.model_dump(mode="json"),
        metrics={"texts": {"train": train, "validation": validation}},
    )


def test_the_split_is_that_of_the_training(source: Path) -> None:
    recipe = SplitRecipe.of(artifact(source))
    repeated = recipe.repeat(recipe.read())
    corpus = read_corpus(str(source), snippets=False)
    expected = split_corpus(corpus, validation_fraction=0.3, seed=5, key="read")
    assert repeated.validation["text"][:] == expected.validation["text"][:]


def test_a_model_that_stores_no_kind_of_key_was_split_by_texts_as_written(source: Path) -> None:
    model = artifact(source)
    older = {name: value for name, value in model.training.items() if name != "split_key"}
    recipe = SplitRecipe.of(replace(model, training=older))
    repeated = recipe.repeat(recipe.read())
    corpus = read_corpus(str(source), snippets=False)
    expected = split_corpus(corpus, validation_fraction=0.3, seed=5, key="written")
    assert (recipe.key, repeated.key) == ("written", "written")
    assert repeated.validation["text"][:] == expected.validation["text"][:]


@pytest.mark.parametrize(("train", "validation"), [(41, 18), (41, 19)])
def test_texts_of_another_number_are_rejected(source: Path, train: int, validation: int) -> None:
    recipe = SplitRecipe.of(artifact(source, train=train, validation=validation))
    with pytest.raises(DataError, match=f"was trained on other texts: its split had {train}"):
        recipe.repeat(recipe.read())


def test_other_texts_can_be_split_in_the_same_way(source: Path) -> None:
    recipe = SplitRecipe.of(artifact(source, train=41))
    assert len(recipe.split(recipe.read()).validation) == 18


def test_missing_texts_are_reported_with_advice(tmp_path: Path) -> None:
    recipe = SplitRecipe.of(artifact(tmp_path / "nowhere.csv"))
    with pytest.raises(DataError, match="Pass a copy of them with --source"):
        recipe.read()


@pytest.mark.parametrize("name", RELEASES)
def test_the_recipe_of_a_release_is_read_under_its_old_option_names(name: str) -> None:
    recipe = SplitRecipe.of(load_artifact(releases()[name]))
    assert (recipe.validation_fraction, recipe.split_seed, recipe.snippets) == (0.2, 0, True)
    assert (recipe.train_texts, recipe.validation_texts) == (26_824, 6_706)
    assert recipe.key == "read"


@pytest.mark.slow
@pytest.mark.parametrize("name", RELEASES)
def test_a_release_holds_out_the_same_texts_as_when_it_was_trained(name: str) -> None:
    recipe = SplitRecipe.of(load_artifact(releases()[name]))
    held_out = sorted(recipe.repeat(recipe.read("packaged")).validation["text"])
    assert len(held_out) == recipe.validation_texts
    assert hashlib.sha256("\n".join(held_out).encode()).hexdigest() == HELD_OUT
