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


def test_models_have_ids_or_the_names_of_the_models() -> None:
    sources = Settings(models="imdb-gru-512, new=runs/mine,user/name@v=1").model_sources
    assert [(source.id, source.location) for source in sources] == [
        (None, "imdb-gru-512"),
        ("new", "runs/mine"),
        (None, "user/name@v=1"),
    ]


def test_a_single_model_is_the_only_source() -> None:
    (source,) = Settings(model="runs/mine").model_sources
    assert (source.id, source.location) == (None, "runs/mine")


def test_traffic_is_read_in_percent() -> None:
    assert Settings(traffic="old=99.5, new=0.5").traffic_shares == {"old": 99.5, "new": 0.5}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"models": "a,,b"}, "models separated by commas"),
        ({"model": "a", "models": "b"}, "Cannot be combined"),
        ({"traffic": "a=90"}, "sum to 100, not 90"),
        ({"traffic": "a=90,a=10"}, "a share in percent for each model"),
        ({"traffic": "a:90,b:10"}, "a share in percent for each model"),
        ({"traffic": "a=110,b=-10"}, "a share in percent for each model"),
    ],
)
def test_invalid_models_and_shares_are_refused(settings: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.model_validate(settings)
