"""Stored configurations, of this version and of older ones."""

from typing import Any

import pytest

from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import releases
from gatewise.training.config import TrainingConfig
from gatewise.training.presets import PRESETS
from gatewise.training.stored_config import config_differences, read_training_config


def config(**given: object) -> TrainingConfig:
    return TrainingConfig.model_validate(given)


def release(name: str) -> dict[str, Any]:
    """Return the configuration that a release stores under the option names before 1.0."""
    return dict(load_artifact(releases()[name]).training)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_configuration_of_this_version_is_read_unchanged(preset: str) -> None:
    stored = config(preset=preset, seed=3, epochs=9)
    assert read_training_config(stored.model_dump(mode="json")) == stored


@pytest.mark.parametrize("name", ["imdb-gru-256", "imdb-gru-512"])
def test_what_determines_the_split_of_a_release_is_read(name: str) -> None:
    stored, read = release(name), read_training_config(release(name))
    for option in ("source", "snippets", "validation_fraction", "seed", "threads", "preset"):
        assert getattr(read, option) == stored[option]
    assert read.split_seed == stored["seed"]


def test_options_that_were_renamed_are_read_under_their_old_names() -> None:
    older = {
        **config().model_dump(mode="json", exclude={"init_from", "finetune", "teacher_model"}),
        "starts_from": "runs/first",
        "taught_by": "runs/second",
        "finish": {"epochs": 2, "learning_rate": 1e-4, "crisp_gates": 0.3},
    }
    read = read_training_config(older)
    assert (read.init_from, read.teacher_model) == ("runs/first", ("runs/second",))
    assert read.finetune.epochs == 2
    assert read.finetune.gate_saturation_penalty == 0.3


def test_a_stage_that_a_release_left_out_is_left_out_whatever_its_preset_has() -> None:
    stored = {**release("imdb-gru-512"), "finish": None}
    assert read_training_config(stored).finetune_fit is None


def test_an_equal_configuration_has_no_differences() -> None:
    assert config_differences(config(seed=1), config(seed=1).model_dump(mode="json")) == []


def test_a_difference_names_the_option_and_both_values() -> None:
    stored = config(hidden_size=12).model_dump(mode="json")
    assert config_differences(config(hidden_size=13), stored) == ["hidden_size: 12 then, 13 now"]


def test_an_option_that_is_newer_than_the_stored_configuration_counts_as_default() -> None:
    now = config(preset="best")
    stored = now.model_dump(mode="json")
    del stored["virtual_adversarial"], stored["teacher"]["learning_rate"]
    assert config_differences(now, stored) == []


def test_a_split_seed_that_equals_the_seed_is_no_difference() -> None:
    stored = config(seed=3).model_dump(mode="json")
    del stored["split_seed"]
    assert config_differences(config(seed=3, split_seed=3), stored) == []


def test_later_changes_of_a_preset_do_not_apply_to_a_stored_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = config(preset="standard").model_dump(mode="json")
    del stored["tensorboard"]
    monkeypatch.setitem(PRESETS, "standard", {**PRESETS["standard"], "tensorboard": True})
    differences = config_differences(config(preset="standard"), stored)
    assert differences == ["tensorboard: False then, True now"]


def test_an_option_that_no_longer_exists_is_a_difference() -> None:
    stored = {**config().model_dump(mode="json"), "moon_phase": "full"}
    assert config_differences(config(), stored) == ["moon_phase: 'full' then, None now"]
