"""The share of saturated gates."""

import numpy as np
import pytest
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.evaluation.gate_saturation import measure_saturation
from tests.models.artifacts import small_artifact

TEXTS = ["A great movie, I love it!", "The plot was boring. But I love the end.", "Great"]


def test_shares_are_over_all_tokens_and_units() -> None:
    predictor = Predictor(small_artifact())
    found = measure_saturation(predictor, Dataset.from_dict({"text": TEXTS}))
    traces = [predictor.explain(text).trace for text in TEXTS]
    for share, name in ((found.reset, "reset_gate"), (found.update, "update_gate")):
        gates = np.concatenate([getattr(trace, name) for trace in traces])
        assert share == pytest.approx(np.mean((gates < 0.1) | (gates > 0.9)))
        assert share > 0
    assert (found.texts, found.tokens) == (3, sum(map(len, traces)))


def test_an_empty_data_set_is_rejected() -> None:
    with pytest.raises(DataError, match="no text"):
        measure_saturation(Predictor(small_artifact()), Dataset.from_dict({"text": []}))
