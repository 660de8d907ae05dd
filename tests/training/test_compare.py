"""The comparison: which texts, which averages, and a table and a file that say the same."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from datasets import Dataset

from models import Predictor
from models.errors import DataError, ResumeError
from models.faithfulness import leave_one_out, measure
from models.recurrence import Recurrence
from tests.training.reviews import packaged
from tests.training.test_explainers import PEERS
from training.__main__ import main
from training.compare import Figures, TextFigures, compare, draw_texts, summarize, table
from training.comparison import Comparison, go_on, save
from training.explainers import explainers

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other packages, about each other

TEXTS = [("reviews", "A slow start, but I loved the ending."), ("snippets", "Dull, dull.")]


def validation() -> Dataset:
    rows = packaged()
    sources = np.array(rows["source"][:])
    chosen = [np.flatnonzero(sources == name)[:20] for name in ("imdb", "rotten_tomatoes")]
    return rows.select(np.concatenate(chosen))


def test_the_same_seed_draws_the_same_texts_of_each_kind() -> None:
    rows = validation()
    draws = [draw_texts(rows, reviews=5, snippets=3, seed=seed) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    assert [kind for kind, _ in draws[0]] == ["reviews"] * 5 + ["snippets"] * 3
    of_reviews = {row["text"] for row in rows if row["source"] == "imdb"}
    assert all((text in of_reviews) == (kind == "reviews") for kind, text in draws[0])


def test_fewer_texts_are_the_first_of_more() -> None:
    few, more = (draw_texts(validation(), reviews=n, snippets=0, seed=0) for n in (3, 9))
    assert more[:3] == few


def test_more_texts_than_there_are_are_refused() -> None:
    with pytest.raises(DataError, match="21 snippets are wanted, and the validation split has 20"):
        draw_texts(validation(), reviews=0, snippets=21, seed=0)


def test_each_text_is_measured_as_the_model_would() -> None:
    predictor = Predictor.load()
    recurrence = Recurrence(predictor.artifact.weights)
    ledger = explainers(recurrence, seed=0)[0]["ledger"]
    figures = list(compare(predictor, recurrence, {"ledger": ledger}, TEXTS, seed=0))
    for (kind, text), found in zip(TEXTS, figures, strict=True):
        ids = predictor.encode([text])[0].ids
        effects = leave_one_out(recurrence, ids)
        expected = measure(recurrence, ids, [ledger(ids)], effects=effects)[0]
        assert (found.kind, found.tokens) == (kind, len(ids))
        row = found.explainers["ledger"]
        assert row.comprehensiveness == pytest.approx(expected.comprehensiveness, abs=1e-6)
        assert row.sufficiency == pytest.approx(expected.sufficiency, abs=1e-6)
        assert row.agreement == expected.agreement
        assert list(found.explainers) == ["ledger", "random"]
        assert found.explainers["random"].milliseconds is None


def test_texts_measured_before_are_left_out_and_nothing_else_changes() -> None:
    predictor = Predictor.load()
    recurrence = Recurrence(predictor.artifact.weights)
    ledger = explainers(recurrence, seed=0)[0]["ledger"]
    whole, rest = (
        list(compare(predictor, recurrence, {"ledger": ledger}, TEXTS, seed=0, done=done))
        for done in (0, 1)
    )
    assert [text.kind for text in rest] == ["snippets"]
    assert rest[0].explainers["random"] == whole[1].explainers["random"]


def measured(kind: str, slow: float, fast: float) -> TextFigures:
    """One text on which two explainers reached these comprehensivenesses."""
    rows = {
        "integrated gradients": Figures(slow, 0.2, 0.5, 0.25, 50.0),
        "ledger": Figures(fast, 0.1, 0.75, 0.5, 1.0),
        "random": Figures(0.0, 0.3, 0.0, 0.0, None),
    }
    return TextFigures(kind, 7, rows)


def test_kinds_are_averaged_apart_and_listed_best_first() -> None:
    reviews = [measured("reviews", 0.25, 0.5), measured("reviews", 0.5, 0.5)]
    summary = summarize([*reviews, measured("snippets", 0.75, 0.5)])
    assert summary["reviews"]["integrated gradients"].comprehensiveness == 0.375
    shown = table(summary, {"reviews": 2, "snippets": 1}).splitlines()
    assert shown[0].startswith("| 2 reviews |")
    assert shown[2] == "| ledger | 0.5000 | 0.1000 | 0.750 | 0.500 | 1.0 | 1/50 |"
    assert shown[3].startswith("| integrated gradients | 0.3750 |")
    assert shown[3].endswith("| 50.0 | 1.0 × |")
    assert shown[4] == "| random | 0.0000 | 0.3000 | 0.000 | 0.000 |  |  |"
    assert shown[8].startswith("| integrated gradients | 0.7500 |")


def test_the_command_prints_the_table_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = explainers(Recurrence(Predictor.load().artifact.weights), seed=0)[0]
    skipped = [f"--skip={name}" for name in installed if name in PEERS]
    counts = ["--reviews=1", "--snippets=2", "--source=packaged"]
    path = tmp_path / "figures.json"
    assert main(["compare", *counts, *skipped, f"--json={path}"]) == 0
    shown, record = capsys.readouterr().out, json.loads(path.read_text())
    assert "| 1 reviews |" in shown
    assert "| 2 snippets |" in shown
    of_credit = record["summary"]["snippets"]["credit"]
    assert f"| credit | {of_credit['comprehensiveness']:.4f} |" in shown
    assert [text["kind"] for text in record["texts"]] == ["reviews", "snippets", "snippets"]


def test_a_file_is_gone_on_with_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    fresh = Comparison(model="one", asked={"seed": 0}, missing=["lime"])
    assert go_on(fresh, path) == fresh
    begun = fresh.with_text(measured("reviews", 0.25, 0.5))
    save(begun, path)
    assert go_on(fresh, path) == begun
    assert begun.summary["reviews"]["ledger"].comprehensiveness == 0.5
    assert begun.table().startswith("| 1 reviews |")


@pytest.mark.parametrize("change", [{"model": "two"}, {"asked": {"seed": 1}}, {"missing": []}])
def test_another_comparison_is_not_overwritten(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "figures.json"
    other = Comparison(model="one", asked={"seed": 0}, missing=["lime"])
    save(other, path)
    with pytest.raises(ResumeError, match="holds another comparison"):
        go_on(other.model_copy(update=change), path)


def test_a_file_that_is_no_comparison_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("[]")
    with pytest.raises(ResumeError, match=r"notes\.json is no comparison"):
        go_on(Comparison(model="one", asked={}, missing=[]), path)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--reviews=0", "--snippets=0"], "ask for some --reviews or --snippets"),
        (["--skip=lima"], "No explainer is named 'lima'; there are ledger, credit"),
    ],
)
def test_a_mistake_is_one_clear_line(
    caplog: pytest.LogCaptureFixture, options: list[str], complaint: str
) -> None:
    with caplog.at_level(logging.ERROR):
        assert main(["compare", *options]) == 1
    assert complaint in caplog.text
