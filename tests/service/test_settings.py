"""Settings: from the environment, checked, and listed in the README."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings, settings_table, unknown_settings

README = Path(__file__).parents[2] / "README.md"


def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_MAX_TOKENS", "123")
    assert Settings().max_tokens == 123


def test_an_empty_variable_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_MODEL", "")
    monkeypatch.setenv("GATEWISE_LOG_LEVEL", "")
    assert (Settings().model, Settings().log_level) == (None, "info")


def test_an_argument_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_PORT", "1")
    assert Settings(port=2).port == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("MAX_TOKENS", "0"), ("THREADS", "many"), ("LOG_LEVEL", "loud")],
)
def test_an_impossible_value_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"GATEWISE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_a_misspelt_setting_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_MAX_TOKENS", "5")
    monkeypatch.setenv("GATEWISE_MAX_TOKEN", "5")
    assert unknown_settings() == ["GATEWISE_MAX_TOKEN"]


def test_the_table_has_a_row_for_every_setting() -> None:
    rows = settings_table()[2:]
    assert len(rows) == len(Settings.model_fields)
    assert "| `GATEWISE_MAX_TOKENS` | `20000` | Tokens in one text." in "\n".join(rows)


def test_the_table_names_no_path_of_this_machine() -> None:
    assert str(Path(__file__).parents[2]) not in "\n".join(settings_table())


def test_the_readme_lists_exactly_the_settings_with_their_defaults() -> None:
    readme = README.read_text(encoding="utf-8")
    listed = readme.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    assert listed.strip().splitlines() == settings_table()
