"""The training configuration: presets, groups of options, and the fits derived from them."""

import subprocess
import sys

import pytest
from pydantic import BaseModel, ValidationError

from gatewise.models.files.read_options import ReadOptions
from gatewise.training.config import COMMON_OPTIONS, TrainingConfig
from gatewise.training.presets import PRESETS


def config(**given: object) -> TrainingConfig:
    return TrainingConfig.model_validate(given)


def options_of(model: type[BaseModel], prefix: str = "") -> dict[str, str | None]:
    """Return the description of every option, those of groups with dotted names."""
    found: dict[str, str | None] = {}
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found |= options_of(annotation, f"{prefix}{name}.")
        else:
            found[prefix + name] = field.description
    return found


def test_defaults_are_the_quick_preset() -> None:
    assert config() == config(preset="quick")


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_preset_is_valid(preset: str) -> None:
    assert config(preset=preset).preset == preset


def test_an_option_overrides_its_preset() -> None:
    assert config(preset="best", hidden_size=64).hidden_size == 64


def test_an_option_of_a_group_keeps_the_other_options_of_the_preset() -> None:
    teacher = config(preset="best", teacher={"epochs": 7}).teacher
    assert teacher.epochs == 7
    assert teacher.batch_size == config(preset="best").teacher.batch_size


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_configuration_survives_json(preset: str) -> None:
    stored = config(preset=preset, epochs=9)
    assert TrainingConfig.model_validate(stored.model_dump(mode="json")) == stored


def test_an_unknown_preset_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="quick"):
        config(preset="huge")


def test_the_split_seed_defaults_to_the_seed() -> None:
    assert config(seed=3).split_seed == 3
    assert config(seed=3, split_seed=0).split_seed == 0


@pytest.mark.parametrize("option", ["seed", "split_seed"])
def test_a_negative_seed_is_rejected_by_name(option: str) -> None:
    with pytest.raises(ValidationError, match=option):
        config(**{option: -1})


def test_a_teacher_has_the_fit_of_the_network_by_default() -> None:
    assert config(epochs=5, head_rate=2.0).teacher_fit == config(epochs=5, head_rate=2.0).fit


def test_a_teacher_overrides_the_fit_of_the_network() -> None:
    fit = config(epochs=5, learning_rate=0.1, teacher={"epochs": 2, "batch_size": 8}).teacher_fit
    assert (fit.epochs, fit.batch_size, fit.learning_rate) == (2, 8, 0.1)


def test_a_first_round_teacher_learns_from_labels_without_further_losses() -> None:
    fit = config(virtual_adversarial=5, gate_saturation_penalty=1).teacher_fit
    assert (fit.virtual_adversarial, fit.gate_saturation_penalty) == (0, 0)


def test_without_epochs_there_is_no_finetuning() -> None:
    assert config().finetune_fit is None


def test_finetuning_changes_the_fit_of_the_network() -> None:
    finetune = {"epochs": 2, "gate_saturation_penalty": 0.3}
    fit = config(epochs=5, virtual_adversarial=5, head_rate=2.0, finetune=finetune).finetune_fit
    assert fit
    assert (fit.epochs, fit.gate_saturation_penalty, fit.head_rate) == (2, 0.3, 2.0)
    assert fit.virtual_adversarial == 0


@pytest.mark.parametrize(
    ("source", "snippets"), [("hub", True), ("packaged", False), ("films.csv", False)]
)
def test_snippets_are_added_to_the_hub_only_unless_requested(source: str, snippets: bool) -> None:
    assert config(source=source).snippets is snippets
    assert config(source=source, snippets=not snippets).snippets is not snippets


def test_the_subject_is_stated_for_the_sources_that_have_names() -> None:
    assert (config().language, config().domain) == ("en", "movie reviews")
    assert (config(source="mine.csv").language, config(source="mine.csv").domain) == (None, None)


def test_a_model_to_continue_from_is_fitted_gently() -> None:
    assert config(init_from="imdb-gru-512").learning_rate < config().learning_rate
    assert config(init_from="imdb-gru-512", learning_rate=0.1).learning_rate == 0.1


def test_a_preset_that_is_a_whole_recipe_is_not_changed_by_a_model_to_continue_from() -> None:
    continued = config(preset="best", init_from="imdb-gru-512")
    assert continued.fit == config(preset="best").fit


def test_a_share_of_initial_weights_needs_a_model_to_start_from() -> None:
    with pytest.raises(ValidationError, match="--init-from"):
        config(init_share=0.5)
    assert config(init_share=0.5, init_from="imdb-gru-512").init_share == 0.5


def test_the_options_of_reading_are_one_record() -> None:
    options = config(text_column="review", stars=5).read_options
    assert options == ReadOptions(text_column="review", stars=5)


def test_there_are_at_most_sixty_options() -> None:
    assert len(options_of(TrainingConfig)) <= 60


def test_every_option_is_described() -> None:
    assert all(options_of(TrainingConfig).values())


def test_common_options_are_options() -> None:
    assert options_of(TrainingConfig).keys() >= COMMON_OPTIONS


def test_importing_the_configuration_loads_no_heavy_package() -> None:
    check = (
        "import sys, gatewise.training.config; "
        "print([name for name in ('torch', 'datasets', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
