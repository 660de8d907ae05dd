"""Deletions with a few tokens run and the tangent after them, against deletions that are run."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models import Predictor
from gatewise.models.explain.attribution import attributed_run
from gatewise.models.explain.faithfulness import kendall_tau
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.explain.phrases import Span
from gatewise.models.explain.without import READ, logits_without, single_tokens
from gatewise.models.gru.equations import gru, gru_step
from gatewise.models.gru.recurrence import Recurrence
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)
REVIEW = (
    "The plot is thin and the first half drags, but the cast is a joy. The photography is "
    "gorgeous, the music is not, and I loved the ending. See it, although it is far too long!"
)


def logits(
    recurrence: Recurrence, ids: np.ndarray, spans: Sequence[Span], *, read: int | None = READ
) -> np.ndarray:
    gradient = attributed_run(recurrence, ids).gradient
    return logits_without(recurrence, ids, recurrence.states(ids), gradient, spans, read=read)


@given(case=cases(max_texts=1, max_tokens=15), more=st.integers(0, 3))
def test_with_all_remaining_tokens_run_it_equals_leave_one_out(case: Case, more: int) -> None:
    recurrence, ids = Recurrence(case.weights), case.texts[0]
    logit = float(recurrence.logits([ids])[0])
    found = logits(recurrence, ids, single_tokens(len(ids)), read=len(ids) - 1 + more)
    scale = 1 + float(np.abs(case.weights.head_weight).sum())
    expected = logit - leave_one_out(recurrence, ids)
    np.testing.assert_allclose(found, expected, atol=1e-5 * scale)


@given(case=cases(max_texts=1, max_tokens=15), data=st.data())
def test_a_span_is_deleted_exactly_if_the_whole_rest_is_run(
    case: Case, data: st.DataObject
) -> None:
    recurrence, ids = Recurrence(case.weights), case.texts[0]
    start = data.draw(st.integers(0, len(ids) - 1))
    end = data.draw(st.integers(start + 1, len(ids)))
    found = logits(recurrence, ids, [Span(start, end)], read=None)
    expected = recurrence.logits([np.delete(ids, slice(start, end))])
    scale = 1 + float(np.abs(case.weights.head_weight).sum())
    np.testing.assert_allclose(found, expected, atol=1e-5 * scale)


@pytest.mark.parametrize("read", [0, 2, 5])
def test_each_deletion_is_independent_of_the_others_in_the_batch(read: int) -> None:
    recurrence = Recurrence(random_weights(scale=2.0))
    spans = [*single_tokens(len(IDS)), Span(1, 4)]
    together = logits(recurrence, IDS, spans, read=read)
    alone = [logits(recurrence, IDS, [span], read=read)[0] for span in spans]
    np.testing.assert_array_equal(together, alone)


def test_the_gradient_of_every_state_is_that_of_the_logit() -> None:
    """It is compared with finite differences, computed by the reference implementation."""
    weights = random_weights(scale=2.0)
    found = attributed_run(Recurrence(weights), IDS)
    words, step = weights.embedding[IDS].astype(np.float64), 1e-5

    def logit_from(place: int, state: np.ndarray) -> float:
        for word in words[place + 1 :]:
            state = gru_step(word, state, weights.gru).hidden
        return float(weights.head_weight @ state)

    hidden = [each.hidden for each in gru(words, weights.gru)]
    for place, state in enumerate(hidden):
        slopes = [
            (logit_from(place, state + step * unit) - logit_from(place, state - step * unit))
            / (2 * step)
            for unit in np.eye(len(state))
        ]
        np.testing.assert_allclose(found.gradient[place], slopes, atol=1e-4)


def test_check_is_called_between_parts() -> None:
    recurrence = Recurrence(random_weights())
    ids = np.tile(IDS, 70)
    calls: list[None] = []
    states, gradient = recurrence.states(ids), attributed_run(recurrence, ids).gradient
    logits_without(
        recurrence, ids, states, gradient, single_tokens(len(ids)), check=lambda: calls.append(None)
    )
    assert len(calls) == 3


@pytest.mark.parametrize("release", ["imdb-gru-256", "imdb-gru-512"])
def test_it_ranks_the_tokens_of_a_review_as_leave_one_out_does(release: str) -> None:
    predictor = Predictor.load(release)
    recurrence, ids = Recurrence(predictor.artifact.weights), predictor.encode([REVIEW])[0].ids
    found = logits(recurrence, ids, single_tokens(len(ids)))
    assert kendall_tau(-found, leave_one_out(recurrence, ids)) > 0.9
