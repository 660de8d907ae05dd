"""Runs with added sources and excluded texts, from a trained model."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.errors import ResumeError
from gatewise.training.config import TrainingConfig
from gatewise.training.evaluation.evaluate import evaluate_model
from gatewise.training.pipeline import train
from tests.training.data.added import write_exclusion, write_pairs, write_phrases
from tests.training.reviews import SMALL_LANGUAGE_MODEL, reviews_with_unlabelled, small_config

# At the end of a text, so that its place in every order stays the same.
CHANGE = " Zyxomma zyxomma zyxomma zyxomma!"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with reviews, pairs, phrases and a model that was trained on the reviews."""
    folder = tmp_path_factory.mktemp("data")
    source = reviews_with_unlabelled(folder / "films.csv")
    write_pairs(folder / "cad")
    write_phrases(folder / "sst")
    train(small_config(source), folder / "first")
    return folder


def refined_config(folder: Path, **options: Any) -> TrainingConfig:
    return small_config(
        folder / "films.csv",
        **{
            "init_from": str(folder / "first"),
            "teacher_model": str(folder / "first"),
            "add": (f"cad={folder / 'cad'}", f"sst={folder / 'sst'}", "augmented=40"),
            "mix": ("imdb=20", "unlabelled=5", "cad=3x", "augmented=20"),
            "epochs": 2,
            **options,
        },
    )


@pytest.fixture(scope="module")
def refined(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a run that continues from the model with added sources."""
    directory = tmp_path_factory.mktemp("refined") / "run"
    train(refined_config(folder), directory)
    return directory


def test_the_held_out_texts_of_every_added_source_are_measured(refined: Path) -> None:
    held_out = load_artifact(refined).metrics["held_out"]
    assert set(held_out) == {"cad", "sst", "augmented"}
    assert set(held_out["cad"]["by_kind"]) == {"original", "revised"}
    assert held_out["cad"]["decided"]["n"] == 4


def test_the_fit_is_measured_on_added_sources_after_every_epoch(refined: Path) -> None:
    history = load_artifact(refined).metrics["history"]["fit"]
    assert len(history) == 2
    assert {"cad_accuracy", "sst_log_loss", "augmented_accuracy"} <= history[0].keys()


def test_the_numbers_of_added_texts_are_stored(refined: Path) -> None:
    texts = load_artifact(refined).metrics["texts"]
    assert texts["added"]["cad"] == {"train": 8, "held_out": 4}
    assert texts["added"]["augmented"]["train"] == 40


def test_the_card_states_the_added_sources(refined: Path) -> None:
    card = load_artifact(refined).card
    assert "Kaushik et al. 2020" in card
    assert "| cad, revised | 2 |" in card
    assert "--mix cad=3x" in card


def test_the_evaluation_repeats_what_the_run_has_held_out(refined: Path) -> None:
    report = evaluate_model(refined).to_json()
    stored = load_artifact(refined).metrics
    assert report["n"] == sum(part["n"] for part in stored["validation"].values())
    now, then = (figures["held_out"]["cad"]["decided"] for figures in (report, stored))
    assert now["confusion"] == then["confusion"]
    assert now["log_loss"] == pytest.approx(then["log_loss"])


def test_an_older_model_is_measured_on_added_sources(folder: Path) -> None:
    report = evaluate_model(folder / "first", add=[f"cad={folder / 'cad'}"])
    assert report.held_out["cad"].n == 4


@pytest.mark.slow
def test_reviews_are_edited_by_the_teacher_model(tmp_path: Path) -> None:
    rows = [
        (text.format(place), label)
        for place in (
            "Paris",
            "Rome",
            "Oslo",
            "Bonn",
            "Bath",
            "Kyiv",
            "Riga",
            "Lima",
            "Cork",
            "Nice",
        )
        for text, label in (
            ("A wonderful film about {} with an excellent cast.", 1),
            ("An awful movie about {}. The acting is terrible and the plot is boring.", 0),
            ("We saw a film about {} on a Monday.", -1),
        )
    ]
    source = tmp_path / "films.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    config = small_config(source, teacher_model="imdb-gru-256", add=("edited=4",))
    texts = train(config, tmp_path / "run")["texts"]
    assert texts["added"]["edited"] == {"train": 4, "held_out": 0}


def test_a_run_is_not_resumed_with_other_added_texts(
    folder: Path, refined: Path, tmp_path: Path
) -> None:
    pairs = write_pairs(tmp_path / "cad")
    config = refined_config(folder, add=(f"cad={pairs}",), epochs=1)
    train(config, tmp_path / "run")
    write_pairs(tmp_path / "cad", train=3)
    with pytest.raises(ResumeError, match="have changed"):
        train(config, tmp_path / "run", resume=True)


@pytest.mark.slow
def test_changing_excluded_texts_changes_nothing_that_any_stage_learns(tmp_path: Path) -> None:
    """Vocabulary, language models, teachers, classifier and calibration are the same."""
    outcomes = []
    source = reviews_with_unlabelled(tmp_path / "films.csv")
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # Some of each use: labelled ones to train on, held-out ones and unlabelled ones.
    chosen = range(0, len(rows), 4)
    excluded = [rows[row]["text"] + change for row in chosen for change in ("", CHANGE)]
    digests = write_exclusion(tmp_path / "digests.txt", excluded)
    for name in ("before", "after"):
        metrics = train(
            small_config(
                source,
                exclude=str(digests),
                split_key="written",
                language_model=SMALL_LANGUAGE_MODEL,
                teachers=("nb_svm", "gru", "backward_gru"),
            ),
            tmp_path / name,
        )
        model = (tmp_path / name / "model.safetensors").read_bytes()
        words = json.loads((tmp_path / name / "tokenizer.json").read_text(encoding="utf-8"))
        outcomes.append((model, words, metrics["temperature"], metrics["validation"]))
        counts = metrics["texts"]["excluded"]
        assert all(counts[use] for use in ("train", "validation", "unlabelled"))
        for row in chosen:
            rows[row]["text"] += CHANGE
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    assert outcomes[0] == outcomes[1]
