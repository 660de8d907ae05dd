"""Leave-one-out equals running every shortened text."""

import numpy as np
from hypothesis import given

from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.recurrence import Recurrence
from tests.models.networks import Case, cases


@given(case=cases(max_texts=1, max_tokens=15))
def test_leave_one_out_equals_running_the_shorter_texts(case: Case) -> None:
    recurrence, ids = Recurrence(case.weights), case.texts[0]
    whole = recurrence.logits([ids])[0]
    shorter = [recurrence.logits([np.delete(ids, t)])[0] for t in range(len(ids))]
    scale = 1 + float(np.abs(case.weights.head_weight).sum())
    np.testing.assert_allclose(
        leave_one_out(recurrence, ids), [whole - logit for logit in shorter], atol=1e-3 * scale
    )
