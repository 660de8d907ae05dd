"""The comparison of explainers: its texts, its averages, its table and its file."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from datasets import Dataset

from gatewise.models.errors import DataError, ResumeError
from gatewise.models.explain.faithfulness import measure
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.training.analysis.comparison_file import Comparison, resume, save
from gatewise.training.analysis.explainer_metrics import (
    Figures,
    TextFigures,
    compare,
    draw_texts,
    summarize,
    table,
)
from gatewise.training.analysis.explainers import explainers
from tests.training.reviews import packaged

pytestmark = pytest.mark.filterwarnings("ignore")  # warnings of the other packages

TEXTS = [("reviews", "A slow start, but I loved the ending."), ("snippets", "Dull, dull.")]


@cache
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


def test_a_smaller_draw_is_the_beginning_of_a_larger_one() -> None:
    few, more = (draw_texts(validation(), reviews=n, snippets=0, seed=0) for n in (3, 9))
    assert more[:3] == few


def test_more_texts_than_there_are_are_rejected() -> None:
    with pytest.raises(
        DataError, match="21 snippets are requested, but the validation split has 20"
    ):
        draw_texts(validation(), reviews=0, snippets=21, seed=0)


def test_the_figures_of_a_text_are_those_of_the_model() -> None:
    predictor = Predictor.load()
    recurrence = Recurrence(predictor.artifact.weights)
    decomposition = explainers(recurrence, seed=0)[0]["decomposition"]
    figures = list(compare(predictor, recurrence, {"decomposition": decomposition}, TEXTS, seed=0))
    for (kind, text), found in zip(TEXTS, figures, strict=True):
        ids = predictor.encode([text])[0].ids
        effects = leave_one_out(recurrence, ids)
        expected = measure(recurrence, ids, [decomposition(ids)], effects=effects)[0]
        assert (found.kind, found.tokens) == (kind, len(ids))
        row = found.explainers["decomposition"]
        assert row.comprehensiveness == pytest.approx(expected.comprehensiveness, abs=1e-6)
        assert row.sufficiency == pytest.approx(expected.sufficiency, abs=1e-6)
        assert row.agreement == expected.agreement
        assert list(found.explainers) == ["decomposition", "random"]
        assert found.explainers["random"].milliseconds is None


def test_texts_that_are_done_are_left_out() -> None:
    predictor = Predictor.load()
    recurrence = Recurrence(predictor.artifact.weights)
    decomposition = explainers(recurrence, seed=0)[0]["decomposition"]
    whole, rest = (
        list(
            compare(
                predictor, recurrence, {"decomposition": decomposition}, TEXTS, seed=0, done=done
            )
        )
        for done in (0, 1)
    )
    assert [text.kind for text in rest] == ["snippets"]
    assert rest[0].explainers["random"] == whole[1].explainers["random"]


def measured(kind: str, slow: float, fast: float) -> TextFigures:
    """Return a text with the given comprehensiveness of two explainers."""
    rows = {
        "integrated gradients": Figures(slow, 0.2, 0.5, 0.25, 50.0),
        "decomposition": Figures(fast, 0.1, 0.75, 0.5, 1.0),
        "random": Figures(0.0, 0.3, 0.0, 0.0, None),
    }
    return TextFigures(kind, 7, rows)


def test_kinds_are_averaged_separately_and_sorted_by_comprehensiveness() -> None:
    reviews = [measured("reviews", 0.25, 0.5), measured("reviews", 0.5, 0.5)]
    summary = summarize([*reviews, measured("snippets", 0.75, 0.5)])
    assert summary["reviews"]["integrated gradients"].comprehensiveness == 0.375
    shown = table(summary, {"reviews": 2, "snippets": 1}).splitlines()
    assert shown[0].startswith("| 2 reviews |")
    assert shown[2] == "| decomposition | 0.5000 | 0.1000 | 0.750 | 0.500 | 1.0 | 1/50 |"
    assert shown[3].startswith("| integrated gradients | 0.3750 |")
    assert shown[3].endswith("| 50.0 | 1.0 × |")
    assert shown[4] == "| random | 0.0000 | 0.3000 | 0.000 | 0.000 |  |  |"
    assert shown[8].startswith("| integrated gradients | 0.7500 |")


def test_a_comparison_is_resumed_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    fresh = Comparison(model="one", request={"seed": 0}, missing=["lime"])
    assert resume(fresh, path) == fresh
    started = fresh.with_text(measured("reviews", 0.25, 0.5))
    save(started, path)
    assert resume(fresh, path) == started
    assert started.summary["reviews"]["decomposition"].comprehensiveness == 0.5
    assert started.table().startswith("| 1 reviews |")


@pytest.mark.parametrize("change", [{"model": "two"}, {"request": {"seed": 1}}, {"missing": []}])
def test_another_comparison_is_not_overwritten(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "figures.json"
    other = Comparison(model="one", request={"seed": 0}, missing=["lime"])
    save(other, path)
    with pytest.raises(ResumeError, match="contains another comparison"):
        resume(other.model_copy(update=change), path)


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("[]")
    with pytest.raises(ResumeError, match=r"notes\.json is not a comparison"):
        resume(Comparison(model="one", request={}, missing=[]), path)
