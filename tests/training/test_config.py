"""A preset fills in what is not given, and nothing else."""

import pytest
from pydantic import ValidationError

from training.config import TrainingConfig
from training.presets import PRESETS


def config(**given: object) -> TrainingConfig:
    return TrainingConfig.model_validate(given)


def test_the_defaults_are_the_quick_preset() -> None:
    assert config() == config(preset="quick")


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_preset_is_a_valid_configuration(preset: str) -> None:
    assert config(preset=preset).preset == preset


def test_an_option_overrides_its_preset() -> None:
    assert config(preset="best", hidden_size=64).hidden_size == 64


def test_an_option_of_a_group_leaves_the_rest_of_the_group_to_the_preset() -> None:
    learned = config(preset="best", teacher={"epochs": 7}).teacher
    assert learned.epochs == 7
    assert learned.learning_rate == config(preset="best").teacher.learning_rate


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_stored_configuration_is_read_back_as_it_was(preset: str) -> None:
    stored = config(preset=preset, epochs=9)
    assert TrainingConfig.model_validate(stored.model_dump(mode="json")) == stored


def test_an_unknown_preset_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="quick"):
        config(preset="huge")
