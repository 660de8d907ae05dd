"""Settings: read from the environment, validated and described."""

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from gatewise.service.settings import Settings, unknown_settings


def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_MAX_TOKENS", "123")
    assert Settings().max_tokens == 123


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_MODEL", "")
    monkeypatch.setenv("GATEWISE_LOG_LEVEL", "")
    assert (Settings().model, Settings().log_level) == (None, "info")


def test_an_argument_overrides_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_PORT", "1")
    assert Settings(port=2).port == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("MAX_TOKENS", "0"), ("THREADS", "many"), ("LOG_LEVEL", "loud")],
)
def test_an_invalid_value_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"GATEWISE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_a_misspelt_setting_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_MAX_TOKENS", "5")
    monkeypatch.setenv("GATEWISE_MAX_TOKEN", "5")
    assert unknown_settings() == ["GATEWISE_MAX_TOKEN"]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_description_of_at_least_one_sentence(name: str) -> None:
    field: FieldInfo = Settings.model_fields[name]
    assert field.description
    assert field.description.endswith(".")
