"""The command line says what it needs and ends in figures."""

import json
import logging
from pathlib import Path

import pytest

from tests.training.reviews import SMALL_RUN, write_reviews
from training.__main__ import EvaluateCommand, main
from training.config import TrainingConfig


def test_evaluate_ends_in_one_json_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_reviews(tmp_path / "films.csv", count=20)
    assert main(["evaluate", "--data", str(data), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["n"] == 20
    assert {"accuracy", "log_loss", "ece", "seconds"} <= figures.keys()


def test_evaluate_without_data_cuts_the_models_own_validation_split_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_reviews(tmp_path / "films.csv", count=60)
    run = ["run", f"--source={source}", "--no-snippets", f"--out={tmp_path / 'run'}"]
    small = ["--hidden-size=4", "--embedding-size=4", "--min-frequency=2", "--epochs=1"]
    assert main([*run, *small, "--validation-fraction=0.3", "--word-vector-epochs=0"]) == 0
    trained = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(["evaluate", f"--source={source}", f"--model={tmp_path / 'run'}", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    for name in ("n", "accuracy", "log_loss"):
        assert figures["by_source"]["imdb"][name] == pytest.approx(
            trained["validation"]["imdb"][name]
        )


def test_evaluate_reads_as_a_sentence_without_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_reviews(tmp_path / "films.csv", count=20)
    assert main(["evaluate", "--data", str(data)]) == 0
    assert "on 20 texts" in capsys.readouterr().out


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Answer a model and the reviews that it was trained on."""
    directory = tmp_path_factory.mktemp("trained")
    source = write_reviews(directory / "films.csv", count=60)
    assert main(["run", *SMALL_RUN, f"--source={source}", f"--out={directory / 'run'}"]) == 0
    return directory / "run", source


def test_a_model_whose_texts_are_gone_says_how_to_name_a_copy(
    trained: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model, source = trained
    away = source.rename(tmp_path / source.name)
    try:
        assert main(["evaluate", f"--model={model}"]) == 1
        assert main(["evaluate", f"--model={model}", f"--source={away}"]) == 0
    finally:
        away.rename(source)
    assert f"texts at {source}, and there is nothing. Name a copy of them" in caplog.text


def test_a_model_is_not_validated_on_another_cut(
    trained: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = write_reviews(tmp_path / "films.csv", count=40)
    assert main(["evaluate", f"--model={trained[0]}", f"--source={other}"]) == 1
    assert "was trained on other texts" in caplog.text


def test_stopping_by_keyboard_says_how_to_go_on(
    trained: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def interrupted(_command: EvaluateCommand) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EvaluateCommand, "cli_cmd", interrupted)
    assert main(["evaluate", f"--model={trained[0]}"]) == 130
    assert "A run goes on with --resume" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["evaluate", "--data", "films.csv", "--source", "hub"], 1, "leave --source, or"),
        (["evaluate", "--data", "nowhere.csv"], 1, "no file nowhere.csv"),
        (["run", "--out", "unused", "--epochs", "0"], 2, "greater than or equal to 1"),
        (["run"], 2, "Field required"),
    ],
)
def test_a_mistake_is_one_clear_line(
    caplog: pytest.LogCaptureFixture, arguments: list[str], status: int, complaint: str
) -> None:
    with caplog.at_level(logging.ERROR):
        assert main(arguments) == status
    assert complaint in caplog.text


def test_every_field_of_the_configuration_is_an_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    shown = capsys.readouterr().out
    for name in TrainingConfig.model_fields:
        assert f"--{name.replace('_', '-')}" in shown


def test_every_field_of_the_configuration_is_explained() -> None:
    assert all(field.description for field in TrainingConfig.model_fields.values())
