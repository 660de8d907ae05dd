"""`gatewise train`: options from the configuration, figures at the end."""

import inspect
import json
from pathlib import Path

import pandas as pd
import pytest
from pydantic import BaseModel, Field

from gatewise.cli.train import train
from gatewise.cli.training_options import given_options, parameters_of
from gatewise.training.config import TrainingConfig
from tests.cli.command import Outcome, run_here
from tests.training.reviews import SMALL_RUN, write_reviews


class Nested(BaseModel):
    """A nested group of options."""

    epochs: int = Field(3, ge=1)


class Options(BaseModel):
    """Options of every kind."""

    rate: float = 0.5
    snippets: bool = True
    teachers: tuple[str, ...] = ()
    seed: int = Field(default_factory=lambda: 7)
    language_model: Nested = Nested()
    finetune: Nested | None = None


@pytest.fixture
def trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Outcome:
    """The outcome of a run in `tmp_path / "run"`."""
    source = write_reviews(tmp_path / "films.csv", count=60)
    arguments = (*SMALL_RUN, f"--source={source}", f"--out={tmp_path / 'run'}", "--json")
    return run_here(capsys, "train", *arguments)


def test_every_field_is_a_parameter_and_optional_groups_can_be_left_out() -> None:
    names = [parameter.name for parameter in parameters_of(Options, frozenset())]
    assert names == [
        "rate",
        "snippets",
        "teachers",
        "seed",
        "language_model__epochs",
        "finetune__off",
        "finetune__epochs",
    ]


def test_given_options_are_the_tree_that_the_configuration_reads() -> None:
    given = {"rate": 0.1, "language_model__epochs": 2, "finetune__epochs": 1}
    assert Options.model_validate(given_options(given)) == Options(
        rate=0.1, language_model=Nested(epochs=2), finetune=Nested(epochs=1)
    )
    assert given_options({"finetune__off": True}) == {"finetune": None}


def test_only_given_options_reach_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[TrainingConfig] = []

    def record(self: object, config: TrainingConfig, *_rest: object, **_options: object) -> None:
        seen.append(config)
        raise KeyboardInterrupt

    monkeypatch.setattr("gatewise.training.pipeline.Run.__init__", record)
    with pytest.raises(KeyboardInterrupt):
        train(out=Path("unused"), preset="best", language_model__epochs=1)
    expected = TrainingConfig.model_validate({"preset": "best", "language_model": {"epochs": 1}})
    assert seen == [expected]
    assert seen[0].hidden_size != TrainingConfig().hidden_size  # that of the preset


def test_the_signature_has_the_fields_of_the_configuration() -> None:
    names = inspect.signature(train).parameters.keys()
    assert {"out", "resume", "as_json", "preset", "language_model__epochs"} <= names


def test_the_figures_are_printed_as_json(trained: Outcome, tmp_path: Path) -> None:
    assert trained.status == 0
    metrics = json.loads(trained.output)
    assert metrics == json.loads((tmp_path / "run" / "metrics.json").read_text())


def test_a_finished_run_is_reported_in_words(
    trained: Outcome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, source = tmp_path / "run", tmp_path / "films.csv"
    arguments = (*SMALL_RUN, f"--source={source}", f"--out={out}", "--resume")
    outcome = run_here(capsys, "train", *arguments)
    figures = json.loads(trained.output)["validation"]["imdb"]
    assert f"validation, imdb: accuracy {figures['accuracy']:.2%}" in outcome.output
    assert outcome.output.endswith(f"model: {out}\n")


def test_an_accuracy_that_may_be_chance_is_reported(trained: Outcome) -> None:
    figures = json.loads(trained.output)["validation"]["imdb"]
    assert figures["interval"][0] <= 0.5, "12 texts and one epoch cannot do better"
    assert "Warning: validation, imdb: the accuracy of" in trained.errors
    assert "--init-from imdb-gru-512" in trained.errors


def test_a_file_with_other_columns_and_labels_is_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_reviews(tmp_path / "films.csv", count=60)
    frame = pd.read_csv(source).rename(columns={"text": "review", "label": "sentiment"})
    frame["sentiment"] = frame["sentiment"].map({0: "bad", 1: "good"})
    frame.to_excel(tmp_path / "mine.xlsx", index=False)
    outcome = run_here(
        capsys, "train", *SMALL_RUN, f"--source={tmp_path / 'mine.xlsx'}",
        f"--out={tmp_path / 'run'}", "--text-column=review", "--label-column=sentiment",
        "--label-map=good=1,bad=0", "--language=en", "--domain=hotel reviews", "--json",
    )  # fmt: skip
    assert json.loads(outcome.output)["texts"] == {"train": 48, "validation": 12, "unlabelled": 0}
    stored = json.loads((tmp_path / "run" / "config.json").read_text())["training"]
    assert (stored["language"], stored["domain"]) == ("en", "hotel reviews")
    measured = run_here(capsys, "evaluate", f"--model={tmp_path / 'run'}", "--json")
    assert json.loads(measured.output)["n"] == 12


def test_a_directory_in_use_is_refused(
    trained: Outcome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trained.status == 0
    arguments = (*SMALL_RUN, "--source", str(tmp_path / "films.csv"))
    outcome = run_here(capsys, "train", *arguments, f"--out={tmp_path / 'run'}")
    assert (outcome.status, outcome.output) == (1, "")
    assert "--resume" in outcome.errors
