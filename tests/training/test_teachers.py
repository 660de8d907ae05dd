"""Teachers' judgements are weighed by what they are worth, and become labels."""

import numpy as np
import pytest

from training.encode import EncodedReviews
from training.metrics import log_loss
from training.nb_svm import NBSVM
from training.teachers import Judgement, add_judged, blend

LABELS = np.array([1, 0, 1, 0, 1, 0, 1, 0], dtype=np.float32)
SIGNED = np.where(LABELS == 1, 1.0, -1.0)
NOISE = np.array([-2.0, 0.5, 0.3, 1.8, -0.2, 0.1, 0.4, -0.6])  # two reviews on the wrong side


def judgement(validation: np.ndarray) -> Judgement:
    return Judgement(validation, np.array([2.0, -1.0]))


def test_a_blend_is_no_worse_on_validation_than_any_of_its_teachers() -> None:
    judgements = {"good": judgement(SIGNED + NOISE), "poor": judgement(SIGNED / 4 - NOISE)}
    blended = log_loss(blend(judgements, LABELS).validation, LABELS == 1)
    for teacher in judgements.values():
        assert blended <= log_loss(teacher.validation, LABELS == 1) + 1e-9


def test_a_teacher_who_is_always_wrong_is_not_heard() -> None:
    honest = judgement(SIGNED + NOISE)
    both = blend({"honest": honest, "liar": judgement(-SIGNED)}, LABELS)
    alone = blend({"honest": honest}, LABELS)
    np.testing.assert_allclose(both.unlabelled, alone.unlabelled, rtol=1e-3)


def test_judged_texts_follow_the_labelled_ones_as_probabilities() -> None:
    gold = EncodedReviews([np.array([2, 3], dtype=np.int32)], np.ones(1, dtype=np.float32))
    both = add_judged(gold, [np.array([4], dtype=np.int32)], np.array([0.0]))
    assert both.labels.tolist() == [1.0, 0.5]
    assert [ids.tolist() for ids in both.ids] == [[2, 3], [4]]


@pytest.fixture(scope="module")
def phrases() -> NBSVM:
    """NB-SVM of texts in which only the order of words 2 and 3 tells the label."""
    texts = [np.array([4, 2, 3, 5], dtype=np.int32), np.array([4, 3, 2, 5], dtype=np.int32)] * 20
    return NBSVM.fit(texts, np.array([1, 0] * 20, dtype=np.float32), seed=0)


def test_nb_svm_tells_phrases_apart_by_their_order(phrases: NBSVM) -> None:
    logits = phrases.logits([np.array([2, 3], dtype=np.int32), np.array([3, 2], dtype=np.int32)])
    assert logits[0] > 0 > logits[1]


def test_nb_svm_is_undecided_about_words_of_both_labels(phrases: NBSVM) -> None:
    assert phrases.logits([np.array([5], dtype=np.int32)])[0] == pytest.approx(0, abs=1e-6)
