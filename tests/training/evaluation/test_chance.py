"""A warning where the validation accuracy may be that of chance."""

from dataclasses import asdict
from typing import Any

import numpy as np

from gatewise.training.evaluation.chance import chance_warnings
from gatewise.training.evaluation.metrics import measure


def metrics(*, right: int, n: int, positive: int, train: int = 540) -> dict[str, Any]:
    """Return the metrics of a run with this many right predictions of n validation texts."""
    labels = np.arange(n) < positive
    logits = np.where((np.arange(n) < right) == labels, 1.0, -1.0)
    return {
        "validation": {"films": asdict(measure(logits, labels.astype(int)))},
        "texts": {"train": train},
    }


def test_an_accuracy_near_one_half_is_reported_with_a_suggestion() -> None:
    (warning,) = chance_warnings(metrics(right=31, n=60, positive=30), continued=False)
    assert warning.startswith("validation, films: the accuracy of 51.7%")
    assert "more frequent label has 50.0%" in warning
    assert warning.endswith("--init-from imdb-gru-512.")


def test_chance_is_the_share_of_the_more_frequent_label() -> None:
    assert chance_warnings(metrics(right=80, n=100, positive=80), continued=False)
    assert not chance_warnings(metrics(right=80, n=100, positive=50), continued=False)


def test_a_model_that_continues_gets_another_suggestion() -> None:
    (warning,) = chance_warnings(metrics(right=31, n=60, positive=30), continued=True)
    assert "--init-from" not in warning


def test_a_high_accuracy_is_not_reported() -> None:
    assert chance_warnings(metrics(right=55, n=60, positive=30), continued=False) == []
