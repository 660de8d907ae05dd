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


def test_an_option_newer_than_a_stored_configuration_had_its_default() -> None:
    now = config(preset="best")
    stored = now.model_dump(mode="json")
    del stored["smooth"], stored["virtual_adversarial"], stored["teacher"]["virtual_adversarial"]
    assert now.differences(stored) == []


def test_the_split_is_drawn_by_the_seed_unless_it_has_its_own() -> None:
    assert config(seed=3).split_seed == 3
    assert config(seed=3, split_seed=0).split_seed == 0


def test_to_name_the_seed_of_the_split_that_it_has_anyway_changes_nothing() -> None:
    stored = config(seed=3).model_dump(mode="json")
    assert config(seed=3, split_seed=3).differences(stored) == []
    del stored["split_seed"]
    assert config(seed=3, split_seed=3).differences(stored) == []


@pytest.mark.parametrize("option", ["seed", "split_seed"])
def test_a_negative_seed_is_refused_by_name(option: str) -> None:
    with pytest.raises(ValidationError, match=option):
        config(**{option: -1})


def test_what_a_preset_says_by_now_is_not_what_a_stored_configuration_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = config(preset="standard").model_dump(mode="json")
    del stored["smooth"]
    monkeypatch.setitem(PRESETS, "standard", {**PRESETS["standard"], "smooth": {"epochs": 1}})
    (difference,) = config(preset="standard").differences(stored)
    assert difference.startswith("smooth: None then")


def test_an_option_that_is_no_more_is_a_difference() -> None:
    now = config()
    stored = {**now.model_dump(mode="json"), "moon_phase": "full"}
    assert now.differences(stored) == ["moon_phase: 'full' then, None now"]
