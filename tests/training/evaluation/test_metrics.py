"""Figures of predictions, against cases computed by hand."""

import numpy as np
import pytest

from gatewise.training.evaluation.metrics import (
    ConfusionMatrix,
    accuracy_by_length,
    expected_calibration_error,
    fit_temperature,
    measure,
    reliability,
)


def test_accuracy_is_the_share_of_logits_with_the_right_sign() -> None:
    metrics = measure(np.array([2.0, -1.0, 3.0, -0.5]), np.array([1, 0, 0, 1]))
    assert metrics.accuracy == 0.5
    assert metrics.n == 4


def test_the_confusion_matrix_counts_texts_by_true_and_predicted_label() -> None:
    metrics = measure(np.array([2.0, -1.0, 3.0, -0.5, 1.0]), np.array([1, 0, 0, 1, 1]))
    assert metrics.confusion == ConfusionMatrix(
        true_negative=1, false_positive=1, false_negative=1, true_positive=2
    )


def test_f1_is_the_mean_of_both_labels() -> None:
    """F1 of negative: 2·1 / (2·1 + 2) = 1/2; of positive: 2·2 / (2·2 + 2) = 2/3."""
    metrics = measure(np.array([2.0, -1.0, 3.0, -0.5, 1.0]), np.array([1, 0, 0, 1, 1]))
    assert metrics.f1 == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_f1_is_zero_for_a_label_that_is_never_right() -> None:
    assert measure(np.ones(4), np.array([1, 1, 1, 0])).f1 == pytest.approx(6 / 7 / 2)


def test_the_interval_is_that_of_wilson() -> None:
    """90 of 100 right: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), with z = 1.96."""
    logits = np.ones(100)
    low, high = measure(logits, np.array([1] * 90 + [0] * 10)).interval
    assert low == pytest.approx(0.8256, abs=1e-4)
    assert high == pytest.approx(0.9448, abs=1e-4)


def test_the_log_loss_of_zero_logits_is_ln_2() -> None:
    assert measure(np.zeros(2), np.array([0, 1])).log_loss == pytest.approx(np.log(2))


def test_the_log_loss_of_a_large_logit_is_finite() -> None:
    assert measure(np.array([1e4]), np.array([0])).log_loss == pytest.approx(1e4)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    logits = np.full(10, np.log(9))  # confidence 0.9
    right = np.array([True] * 6 + [False] * 4)
    assert expected_calibration_error(logits, right) == pytest.approx(0.3)


def test_overconfidence_and_underconfidence_do_not_cancel() -> None:
    logits = np.array([np.log(9)] * 10 + [np.log(1.5)] * 10)  # confidence 0.9, then 0.6
    right = np.array([True] * 6 + [False] * 4 + [True] * 9 + [False])
    assert expected_calibration_error(logits, right) == pytest.approx(0.3)


def test_the_temperature_of_scaled_logits_is_their_scale() -> None:
    generator = np.random.default_rng(0)
    calibrated = generator.normal(0, 2, 20_000)
    labels = (generator.random(20_000) < 1 / (1 + np.exp(-calibrated))).astype(int)
    assert fit_temperature(3 * calibrated, labels) == pytest.approx(3, rel=0.05)


def test_reliability_has_confidence_and_accuracy_per_bin() -> None:
    logits = np.array([np.log(9)] * 10 + [-np.log(1.5)] * 5)  # confidence 0.9, then 0.6
    labels = np.array([1] * 8 + [0] * 2 + [0] * 3 + [1] * 2)
    unsure, sure = reliability(logits, labels)
    assert [unsure.n, sure.n] == [5, 10]
    assert [unsure.confidence, sure.confidence] == pytest.approx([0.6, 0.9])
    assert [unsure.accuracy, sure.accuracy] == [0.6, 0.8]


def test_texts_are_grouped_by_length_in_any_order() -> None:
    lengths = np.array([30, 1, 20, 2, 10, 3, 40, 4, 50, 5] * 2)
    logits = np.where(lengths < 10, 1.0, -1.0)  # right about short texts only
    groups = accuracy_by_length(logits, np.ones(20), lengths)
    assert [group.n for group in groups] == [2] * 10
    assert [group.longest for group in groups] == [1, 2, 3, 4, 5, 10, 20, 30, 40, 50]
    assert [group.accuracy for group in groups] == [1.0] * 5 + [0.0] * 5


def test_there_are_at_most_as_many_groups_as_texts() -> None:
    assert len(accuracy_by_length(np.ones(3), np.ones(3), np.array([1, 2, 3]))) == 3
