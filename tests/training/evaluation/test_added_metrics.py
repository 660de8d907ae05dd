"""Figures on held-out texts of added sources, and the temperature on a mixture of sources."""

import numpy as np
import pytest
from datasets import Dataset

from gatewise.training.data.added_texts import AddedText, AddedTexts
from gatewise.training.evaluation.added_metrics import calibrate, measure_added
from gatewise.training.evaluation.metrics import fit_temperature, log_loss


def texts(*rows: tuple[float, str, str]) -> AddedTexts:
    return AddedTexts(
        tuple(AddedText("A film.", float(score), float(score), *rest) for score, *rest in rows)
    )


def logit(*probabilities: float) -> np.ndarray:
    values = np.array(probabilities)
    return np.log(values / (1 - values))


def test_the_accuracy_is_counted_on_decided_texts() -> None:
    figures = measure_added(
        logit(0.9, 0.9, 0.9, 0.1), texts((0.7, "", ""), (0.4, "", ""), (0.5, "", ""), (0.6, "", ""))
    )
    assert figures.decided is not None
    assert (figures.decided.n, figures.decided.accuracy) == (2, 0.5)


def test_neutral_texts_are_near_one_half_between_four_and_six_tenths() -> None:
    figures = measure_added(logit(0.55, 0.9), texts((0.5, "", ""), (0.5, "", "")))
    assert (figures.neutral, figures.near_half) == (2, 0.5)
    assert figures.decided is None


def test_the_target_error_is_zero_if_every_probability_is_its_target() -> None:
    scores = (0.1, 0.5, 0.9)
    figures = measure_added(logit(*scores), texts(*((score, "", "") for score in scores)))
    assert figures.target_error == pytest.approx(0, abs=1e-6)  # targets are float32


def test_the_target_error_is_the_gap_between_probability_and_target() -> None:
    figures = measure_added(logit(0.7, 0.7), texts((0.5, "", ""), (0.5, "", "")))
    assert figures.target_error == pytest.approx(0.2)


def test_every_kind_has_figures_of_its_own() -> None:
    figures = measure_added(logit(0.9, 0.9), texts((1, "original", ""), (0, "revised", "")))
    accuracies = {
        kind: part.decided.accuracy for kind, part in figures.by_kind.items() if part.decided
    }
    assert accuracies == {"original": 1.0, "revised": 0.0}


def test_a_group_with_equal_targets_moves_if_its_probabilities_differ_by_more_than_a_tenth() -> (
    None
):
    figures = measure_added(
        logit(0.5, 0.65, 0.5, 0.55),
        texts(*((0.5, "names", group) for group in ("a", "a", "b", "b"))),
    )
    assert (figures.groups, figures.moved) == (2, 0.5)


def test_a_group_with_opposite_targets_is_not_counted_among_those_that_move() -> None:
    assert measure_added(logit(0.1, 0.9), texts((0, "names", "a"), (1, "names", "a"))).groups == 0


def test_without_added_texts_the_temperature_is_that_of_all_validation_texts() -> None:
    logits = np.array([4.0, -4.0, 4.0, 4.0])
    labels = [1, 0, 0, 1]
    validation = Dataset.from_dict({"label": labels, "source": ["imdb"] * 4})
    assert calibrate(logits, validation, {}, {}) == fit_temperature(logits, np.array(labels))


def test_every_source_has_the_same_weight_in_the_temperature() -> None:
    # The reviews are overconfident (3 of 4 right), the phrases are not; both sources count equally
    # however many reviews there are.
    phrases = texts(*((score, "", "") for score in (0.9, 0.1, 0.9, 0.1)))
    phrase_logits = np.array([1.0, -1.0, 1.0, -1.0])

    def temperature(copies: int) -> float:
        validation = Dataset.from_dict(
            {"label": [1, 0, 0, 1] * copies, "source": ["imdb"] * 4 * copies}
        )
        logits = np.array([4.0, -4.0, 4.0, 4.0] * copies)
        return calibrate(logits, validation, {"sst": phrase_logits}, {"sst": phrases})

    assert temperature(1) == pytest.approx(temperature(50), rel=1e-3)


def test_generated_texts_do_not_influence_the_temperature() -> None:
    logits = np.array([4.0, -4.0, 4.0, 4.0])
    validation = Dataset.from_dict({"label": [1, 0, 0, 1], "source": ["imdb"] * 4})
    generated = texts((1, "", ""), (0, "", ""))
    with_generated = calibrate(
        logits, validation, {"augmented": np.array([-9.0, 9.0])}, {"augmented": generated}
    )
    assert with_generated == calibrate(logits, validation, {}, {})


def test_the_log_loss_of_a_target_is_the_mean_of_both_labels() -> None:
    logits = np.array([1.5])
    both = [log_loss(logits, np.array([label])) for label in (0, 1)]
    assert log_loss(logits, np.array([0.5])) == pytest.approx(np.mean(both))


def test_phrases_of_a_sentence_are_no_group_that_may_move() -> None:
    assert measure_added(logit(0.1, 0.9), texts((0.5, "", "a"), (0.5, "", "a"))).groups == 0
