"""The command line says what it needs and ends in figures."""

import json
import logging
from pathlib import Path

import pytest

from tests.training.reviews import write_reviews
from training.__main__ import main
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


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
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
