"""The command on a model card reproduces the configuration of the model."""

import shlex
from dataclasses import replace
from typing import Any

import pytest

from gatewise.cli.app import build_app
from gatewise.cli.training_options import given_options
from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import releases
from gatewise.training.config import TrainingConfig
from gatewise.training.export.model_card import model_card, training_command
from gatewise.training.stored_config import read_training_config


def parse(command: str) -> TrainingConfig:
    """Return the configuration that the command line builds from a command."""
    words = shlex.split(command.removeprefix("gatewise "))
    _, bound, _ = build_app().parse_args(words, exit_on_error=False, print_error=False)
    options = {name: value for name, value in bound.kwargs.items() if name != "out"}
    return TrainingConfig.model_validate(given_options(options))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"preset": "best", "finetune": {"epochs": 0}, "teachers": ()},
        {"preset": "standard", "teachers": ("nb_svm", "gru"), "language_model": {"epochs": 1}},
        {"seed": 1, "split_seed": 0},
        {"seed": 1},
        {"source": "hub"},
        {"source": "hub", "snippets": False},
        {"source": "films.csv", "snippets": True, "language": "de", "domain": "hotel reviews"},
        {"source": "films.csv", "text_column": "a b", "label_map": "x=1,y=0", "delimiter": ";"},
        {"source": "films.csv", "init_from": "imdb-gru-512", "epochs": 3},
        {"preset": "refine", "source": "films.csv", "exclude": "digests.txt", "mix": ("cad=5x",)},
        {"add": ("cad=my pairs", "augmented=500"), "mix": ("augmented=0.5x",), "init_share": 0.0},
        {"source": "my reviews/films.csv", "teacher_model": "a model", "snippets": False},
    ],
)
def test_the_command_is_parsed_to_the_configuration(options: dict[str, Any]) -> None:
    config = TrainingConfig.model_validate(options)
    assert parse(training_command(config.model_dump(mode="json"))) == config


def test_an_option_that_follows_another_one_is_written_with_its_value() -> None:
    config = TrainingConfig.model_validate({"preset": "best", "teacher": {"epochs": None}})
    assert "--teacher.epochs 1" in training_command(config.model_dump(mode="json"))


@pytest.mark.parametrize("name", ["imdb-gru-256", "imdb-gru-512"])
def test_the_command_of_a_release_has_the_current_option_names(name: str) -> None:
    stored = load_artifact(releases()[name]).training
    assert parse(training_command(stored)) == read_training_config(stored)


def test_the_card_of_a_release_names_the_models_it_continues_from() -> None:
    artifact = load_artifact(releases()["imdb-gru-512"])
    card, title = model_card(artifact), f"{artifact.name} {artifact.version}"
    start = artifact.metrics["start"]
    assert start
    while start:
        earlier = f"{start['name']} {start['version']}"
        assert f"{title} continues from {earlier}" in card
        title, start = earlier, start["start"]


def test_the_card_has_the_figures_of_the_artifact() -> None:
    artifact = load_artifact(releases()["imdb-gru-512"])
    card = model_card(artifact)
    for figures in artifact.metrics["validation"].values():
        assert f"{figures['accuracy']:.2%}" in card


def test_the_card_claims_no_movies_of_a_model_of_other_texts() -> None:
    release = load_artifact(releases()["imdb-gru-256"])
    options = {"source": "hotels.csv", "language": "de", "description": "For the front desk."}
    training = TrainingConfig.model_validate(options).model_dump(mode="json")
    card = model_card(replace(release, training=training))
    assert "Classifies German texts as" in card
    assert "For the front desk." in card
    assert "language: de" in card
    assert "It was trained on German texts. Its domain was not stated." in card


def test_the_card_says_how_much_names_and_terms_move_predictions() -> None:
    release = load_artifact(releases()["imdb-gru-512"])
    kinds = release.metrics["held_out"]["augmented"]["by_kind"]
    moved = kinds["exchanged name or term, neutral"]["moved"]
    assert f"| {moved:.1%} |" in model_card(release).split("## Fairness")[1]


def test_the_card_has_no_figures_of_fairness_if_none_were_measured() -> None:
    release = load_artifact(releases()["imdb-gru-512"])
    metrics = {name: part for name, part in release.metrics.items() if name != "held_out"}
    assert "## Fairness" not in model_card(replace(release, metrics=metrics))
