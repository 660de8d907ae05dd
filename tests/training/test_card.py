"""The command on a card trains what the card is of."""

import shlex
from pathlib import Path

import pytest

from training.__main__ import RunCommand, main
from training.card import training_command
from training.config import TrainingConfig


@pytest.mark.parametrize(
    "config",
    [
        TrainingConfig(),
        TrainingConfig(preset="best", finish=None, teachers=()),
        TrainingConfig(preset="standard", teachers=("nb_svm", "gru"), language_model={"epochs": 1}),
        TrainingConfig(seed=1, split_seed=0),
        TrainingConfig(seed=1),
        TrainingConfig(source="my reviews/films.csv", taught_by=Path("a model"), snippets=False),
    ],
)
def test_the_recipe_is_read_back_as_it_was(
    config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[TrainingConfig] = []

    def remember(command: RunCommand) -> None:
        given = command.model_dump(exclude={"out", "resume"})
        read.append(TrainingConfig.model_validate(given))

    monkeypatch.setattr(RunCommand, "cli_cmd", remember)
    command = training_command(config.model_dump(mode="json"))
    assert main(shlex.split(command.removeprefix("python -m training "))) == 0
    assert read == [config]
