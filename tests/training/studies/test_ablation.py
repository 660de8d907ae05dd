"""The ablation trains one stage more in every row, and each stage once."""

import json
from pathlib import Path

import pytest

from gatewise.models.errors import DataError
from gatewise.training.config import TrainingConfig
from gatewise.training.pipeline import train
from gatewise.training.studies.ablation import main, rows_by_kind, rows_by_stage, table
from tests.training.reviews import (
    SMALL,
    SMALL_LANGUAGE_MODEL,
    reviews_with_unlabelled,
    small_config,
    write_reviews,
)

ROWS = ["from scratch", "word2vec", "language model", "teachers", "fine-tuning"]


@pytest.fixture(scope="module")
def ablated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the script on a small recipe and return its directory."""
    directory = tmp_path_factory.mktemp("ablation")
    source = reviews_with_unlabelled(directory / "films.csv")
    small = {**SMALL, "language_model": SMALL_LANGUAGE_MODEL, "teachers": ["nb_svm"]}
    options = directory / "options.json"
    options.write_text(json.dumps(small), encoding="utf-8")
    main(out=directory / "out", source=str(source), options=options)
    return directory / "out"


def stored_rows(directory: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads((directory / "ablation.json").read_text("utf-8"))
    return rows


@pytest.mark.slow
def test_every_row_has_its_figures(ablated: Path) -> None:
    rows = stored_rows(ablated)
    assert [row["name"] for row in rows] == ROWS
    assert all(
        row.keys() == {"name", "minutes", "accuracy", "interval", "held_out"} for row in rows
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("result", "rows"),
    [
        ("language_model_forward", ["language_model", "teachers", "fine-tuning"]),
        ("nb_svm.safetensors", ["teachers", "fine-tuning"]),
        ("fit", ["teachers", "fine-tuning"]),
    ],
)
def test_results_that_rows_have_in_common_are_trained_once(
    ablated: Path, result: str, rows: list[str]
) -> None:
    paths = {(ablated / row / "run" / result).resolve() for row in rows}
    assert paths == {(ablated / rows[0] / "run" / result).resolve()}


@pytest.mark.slow
def test_the_minutes_of_a_row_include_what_it_shares(ablated: Path) -> None:
    seconds = json.loads((ablated / "fine-tuning" / "run" / "seconds.json").read_text())
    assert {"language model forward", "nb_svm", "fit", "finetune"} <= seconds.keys()


@pytest.mark.slow
def test_every_row_has_weights_of_its_own(ablated: Path) -> None:
    weights = {(ablated / row.replace(" ", "_") / "model.safetensors").read_bytes() for row in ROWS}
    assert len(weights) == len(ROWS)


def test_rows_differ_by_one_stage() -> None:
    config = TrainingConfig.model_validate({"preset": "best"})
    rows = rows_by_stage(config)
    assert list(rows) == ROWS
    assert rows["fine-tuning"].config == config
    assert rows["teachers"].config.finetune_fit is None
    assert rows["teachers"].config.teachers == config.teachers
    assert rows["language model"].config.teachers == ()
    assert rows["word2vec"].config.language_model.epochs == 0
    assert rows["from scratch"].config.word_vector_epochs == 0


def test_rows_without_teachers_have_no_teacher_model() -> None:
    rows = rows_by_stage(
        TrainingConfig.model_validate({"preset": "best", "teacher_model": "a/model"})
    )
    assert [name for name, row in rows.items() if row.config.teacher_model] == [
        "teachers",
        "fine-tuning",
    ]


def test_the_table_has_a_line_for_every_row() -> None:
    figures = {"accuracy": {"imdb": 0.9}, "interval": {"imdb": (0.85, 0.93)}}
    rows = [{"name": "word2vec", "minutes": 2.25, "held_out": {"phrases": 0.8}, **figures}]
    assert table(rows).splitlines() == [
        "| recipe | imdb | phrases | minutes |",
        "| --- | --- | --- | --- |",
        "| word2vec | 90.00% (85.0% to 93.0%) | 80.0% | 2.2 |",
    ]


def test_rows_by_kind_leave_out_one_source_or_teacher() -> None:
    config = TrainingConfig.model_validate(
        {"preset": "refine", "init_from": None, "teachers": ("nb_svm",), "mix": ("cad=3x",)}
    )
    rows = {name: row.config for name, row in rows_by_kind(config).items()}
    assert rows.pop("whole recipe") == config
    assert set(config.mix) - set(rows["without cad"].mix) == {"cad=3x"}
    assert set(rows["without sst"].mix) - set(config.mix) == {"sst=0"}
    assert rows["without teachers trained here"].teachers == ()
    assert rows["without teacher model"].teacher_model == ()
    assert not rows["without teachers and unlabelled texts"].teachers
    assert len(rows) == 6


def test_rows_by_kind_share_everything_but_the_fits() -> None:
    config = TrainingConfig.model_validate({"preset": "refine", "init_from": None})
    for name, row in rows_by_kind(config).items():
        if name != "whole recipe":
            assert (row.shares, row.repeats) == ("whole recipe", {"fit", "finetune"})


def test_a_recipe_with_nothing_to_leave_out_is_rejected() -> None:
    with pytest.raises(ValueError, match="leave out"):
        rows_by_kind(TrainingConfig.model_validate({"preset": "quick"}))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"preset": "quick"}, "needs a language model"), ({"init_from": "a/model"}, "continue from")],
)
def test_a_recipe_without_stages_is_rejected(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rows_by_stage(TrainingConfig.model_validate({"preset": "best", **options}))


def test_teachers_without_unlabelled_reviews_are_rejected(tmp_path: Path) -> None:
    source = write_reviews(tmp_path / "films.csv", count=40)
    with pytest.raises(DataError, match="reviews without labels"):
        train(small_config(source, teachers=("nb_svm",)), tmp_path / "run")
