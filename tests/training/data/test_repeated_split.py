"""The split of a model's training, repeated from its artifact."""

from dataclasses import replace
from pathlib import Path

import pytest

from gatewise.models.artifact import Artifact, load_artifact
from gatewise.models.errors import DataError
from gatewise.models.model_location import releases
from gatewise.training.data.repeated_split import SplitRecipe
from gatewise.training.data.sources import read_corpus
from gatewise.training.data.splits import split_corpus
from tests.models.artifacts import small_artifact
from tests.training.reviews import small_config, write_reviews


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
    expected = split_corpus(corpus, validation_fraction=0.3, seed=5)
    assert repeated.validation["text"][:] == expected.validation["text"][:]


def test_texts_of_another_number_are_rejected(source: Path) -> None:
    recipe = SplitRecipe.of(artifact(source, train=41))
    with pytest.raises(DataError, match="was trained on other texts"):
        recipe.repeat(recipe.read())


def test_other_texts_can_be_split_in_the_same_way(source: Path) -> None:
    recipe = SplitRecipe.of(artifact(source, train=41))
    assert len(recipe.split(recipe.read()).validation) == 18


def test_missing_texts_are_reported_with_advice(tmp_path: Path) -> None:
    recipe = SplitRecipe.of(artifact(tmp_path / "nowhere.csv"))
    with pytest.raises(DataError, match="Pass a copy of them with --source"):
        recipe.read()


@pytest.mark.parametrize("name", ["imdb-gru-256", "imdb-gru-512"])
def test_the_recipe_of_a_release_is_read_under_its_old_option_names(name: str) -> None:
    recipe = SplitRecipe.of(load_artifact(releases()[name]))
    assert (recipe.validation_fraction, recipe.split_seed, recipe.snippets) == (0.2, 0, True)
    assert (recipe.train_texts, recipe.validation_texts) == (26_824, 6_706)


@pytest.mark.slow
def test_the_split_of_a_release_is_repeated_from_the_packaged_reviews() -> None:
    recipe = SplitRecipe.of(load_artifact(releases()["imdb-gru-512"]))
    assert len(recipe.repeat(recipe.read("packaged")).validation) == recipe.validation_texts
