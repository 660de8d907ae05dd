"""The share of gates that are open or shut, counted."""

import json
from pathlib import Path

import numpy as np
import pytest
from datasets import Dataset

from models.errors import DataError
from models.predictor import Predictor
from tests.models.artifacts import small_artifact
from training.__main__ import main
from training.saturation import measure_saturation

TEXTS = ["A great movie, I love it!", "The plot was boring. But I love the end.", "Great"]


def test_saturated_values_are_counted_over_tokens_and_units() -> None:
    predictor = Predictor(small_artifact())
    found = measure_saturation(predictor, Dataset.from_dict({"text": TEXTS}))
    traces = [predictor.explain(text).trace for text in TEXTS]
    for share, name in ((found.reset, "reset_gate"), (found.update, "update_gate")):
        gates = np.concatenate([getattr(trace, name) for trace in traces])
        assert share == pytest.approx(np.mean((gates < 0.1) | (gates > 0.9)))
        assert share > 0
    assert (found.texts, found.tokens) == (3, sum(map(len, traces)))


def test_no_text_is_refused() -> None:
    with pytest.raises(DataError, match="no text"):
        measure_saturation(Predictor(small_artifact()), Dataset.from_dict({"text": []}))


def test_evaluate_counts_them_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "films.csv"
    Dataset.from_dict({"text": TEXTS, "label": [1, 0, 1]}).to_csv(data)
    assert main(["evaluate", "--data", str(data), "--gates", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["gates"]["texts"] == 3
    assert main(["evaluate", "--data", str(data), "--gates"]) == 0
    assert "of reset and" in capsys.readouterr().out
