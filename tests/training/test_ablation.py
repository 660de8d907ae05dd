"""The ablation trains one stage more from row to row, and each thing once."""

import json
from pathlib import Path

import pytest

from tests.training.reviews import SMALL_RUN, reviews_with_unlabelled, write_reviews
from training.__main__ import main
from training.ablation import recipes
from training.config import FitOptions, TrainingConfig

SMALL = [
    *SMALL_RUN,
    "--language-model.epochs=1",
    "--language-model.rows=4",
    "--language-model.steps=20",
    "--teachers=nb_svm",
]
ROWS = ["from scratch", "word2vec", "language model", "teachers", "last passes", "adversarial"]


@pytest.fixture(scope="module")
def ablated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run it through the command line."""
    directory = tmp_path_factory.mktemp("ablation")
    source = reviews_with_unlabelled(directory / "films.csv")
    assert main(["ablate", f"--source={source}", f"--out={directory / 'out'}", *SMALL]) == 0
    return directory / "out"


def test_every_row_has_its_figures(ablated: Path) -> None:
    rows = json.loads((ablated / "ablation.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in rows] == ROWS
    assert all(0 <= row["accuracy"]["imdb"] <= 1 and row["minutes"] > 0 for row in rows)


@pytest.mark.parametrize(
    ("learned", "rows"),
    [
        (
            "language_model_forward",
            ["language_model", "teachers", "adversarial", "last_passes"],
        ),
        ("nb_svm.safetensors", ["teachers", "adversarial", "last_passes"]),
        ("fit", ["teachers", "last_passes"]),
    ],
)
def test_what_rows_have_in_common_is_learned_once(
    ablated: Path, learned: str, rows: list[str]
) -> None:
    homes = {(ablated / row / "run" / learned).resolve() for row in rows}
    assert homes == {(ablated / rows[0] / "run" / learned).resolve()}


def test_the_time_of_a_row_counts_what_it_shares(ablated: Path) -> None:
    seconds = json.loads((ablated / "last_passes" / "run" / "seconds.json").read_text())
    assert {"language model forward", "nb_svm", "fit", "finish"} <= seconds.keys()


def test_every_row_is_an_artifact_of_its_own(ablated: Path) -> None:
    weights = {(ablated / row.replace(" ", "_") / "model.safetensors").read_bytes() for row in ROWS}
    assert len(weights) == len(ROWS)


def test_rows_differ_by_their_stage_alone() -> None:
    config = TrainingConfig.model_validate({"preset": "best"})
    stages = recipes(config)
    assert stages["last passes"] == config
    assert stages["teachers"] == config.model_copy(update={"finish": None})
    assert stages["language model"].teachers == ()
    assert stages["word2vec"].language_model.epochs == 0


def test_a_smoothed_recipe_compares_with_its_last_passes() -> None:
    plain = TrainingConfig.model_validate({"preset": "best"})
    smoothed = plain.model_copy(update={"smooth": FitOptions(virtual_adversarial=5.0)})
    assert recipes(smoothed) == {**recipes(plain), "smooth": smoothed}


def test_rows_before_the_teachers_have_no_finished_model_for_one() -> None:
    stages = recipes(TrainingConfig.model_validate({"preset": "best", "taught_by": "a/model"}))
    taught = [name for name, recipe in stages.items() if recipe.taught_by]
    assert taught == ["teachers", "last passes", "adversarial"]


def test_a_recipe_without_stages_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    assert main(["ablate", "--preset=quick", "--out=unused"]) == 2
    assert "nothing to take apart" in caplog.text


def test_teachers_without_anything_to_judge_are_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = write_reviews(tmp_path / "films.csv", count=40)
    arguments = ["run", f"--source={source}", f"--out={tmp_path / 'run'}", *SMALL]
    assert main(arguments) == 1
    assert "reviews without labels" in caplog.text
