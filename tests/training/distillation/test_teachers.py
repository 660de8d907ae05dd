"""Teachers: their combination, their probabilities as labels, and NB-SVM."""

import numpy as np
import pytest

from gatewise.training.data.encoding import EncodedReviews
from gatewise.training.distillation.nb_svm import NBSVM
from gatewise.training.distillation.teachers import TeacherLogits, add_teacher_labels, blend
from gatewise.training.evaluation.metrics import log_loss

LABELS = np.array([1, 0, 1, 0, 1, 0, 1, 0], dtype=np.float32)
SIGNED = np.where(LABELS == 1, 1.0, -1.0)
NOISE = np.array([-2.0, 0.5, 0.3, 1.8, -0.2, 0.1, 0.4, -0.6])  # two reviews on the wrong side


def teacher(validation: np.ndarray) -> TeacherLogits:
    return TeacherLogits(validation, np.array([2.0, -1.0]))


def test_a_blend_has_at_most_the_validation_loss_of_each_teacher() -> None:
    teachers = {"good": teacher(SIGNED + NOISE), "poor": teacher(SIGNED / 4 - NOISE)}
    blended = log_loss(blend(teachers, LABELS).validation, LABELS == 1)
    for logits in teachers.values():
        assert blended <= log_loss(logits.validation, LABELS == 1) + 1e-9


def test_a_teacher_that_is_always_wrong_has_no_weight() -> None:
    good = teacher(SIGNED + NOISE)
    both = blend({"good": good, "wrong": teacher(-SIGNED)}, LABELS)
    alone = blend({"good": good}, LABELS)
    np.testing.assert_allclose(both.unlabelled, alone.unlabelled, rtol=1e-3)


def test_unlabelled_texts_get_probabilities_as_labels() -> None:
    labelled = EncodedReviews([np.array([2, 3], dtype=np.int32)], np.ones(1, dtype=np.float32))
    both = add_teacher_labels(labelled, [np.array([4], dtype=np.int32)], np.array([0.0]))
    assert both.labels.tolist() == [1.0, 0.5]
    assert [ids.tolist() for ids in both.ids] == [[2, 3], [4]]


@pytest.fixture(scope="module")
def phrases() -> NBSVM:
    """Return an NB-SVM of texts in which only the order of words 2 and 3 determines the label."""
    texts = [np.array([4, 2, 3, 5], dtype=np.int32), np.array([4, 3, 2, 5], dtype=np.int32)] * 20
    return NBSVM.fit(texts, np.array([1, 0] * 20, dtype=np.float32), seed=0)


def test_nb_svm_distinguishes_phrases_by_their_order(phrases: NBSVM) -> None:
    logits = phrases.logits([np.array([2, 3], dtype=np.int32), np.array([3, 2], dtype=np.int32)])
    assert logits[0] > 0 > logits[1]


def test_nb_svm_gives_words_of_both_labels_a_logit_of_zero(phrases: NBSVM) -> None:
    assert phrases.logits([np.array([5], dtype=np.int32)])[0] == pytest.approx(0, abs=1e-6)
