"""What the tutorial concludes from its outputs still follows from the released model."""

import numpy as np
import pytest

from gatewise import Explanation, Intervention, Predictor
from gatewise.models.explain.interventions import Gate
from gatewise.service.api.examples import EXAMPLES

LAST_SENTENCE = 7  # tokens


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    """The released model."""
    return Predictor.load()


@pytest.fixture(scope="module")
def explanation(predictor: Predictor) -> Explanation:
    """The explanation of the boring review."""
    return predictor.explain(EXAMPLES[0].text)


def logit_with(predictor: Predictor, explanation: Explanation, gate: Gate) -> float:
    """Run the review with a gate at 1 over its last sentence."""
    tokens = len(explanation.encoding)
    ending = range(tokens - LAST_SENTENCE, tokens)
    held = Intervention(gate=gate, value=1.0, tokens=ending)
    return predictor.explain(EXAMPLES[0].text, interventions=[held]).prediction.logit


def test_the_plot_leaves_the_model_undecided(explanation: Explanation) -> None:
    assert 0.35 < explanation.running_probability[-LAST_SENTENCE - 1] < 0.65


def test_the_last_two_tokens_turn_the_prediction(explanation: Explanation) -> None:
    before, after = explanation.running_probability[[-3, -1]]
    assert before > 0.4
    assert after < 0.1


def test_the_full_stop_writes_most_of_the_logit(explanation: Explanation) -> None:
    assert np.abs(explanation.decomposition.total).argmax() == len(explanation.encoding) - 1


def test_most_of_what_the_full_stop_writes_is_recalled(explanation: Explanation) -> None:
    decomposition = explanation.decomposition
    assert decomposition.recalled_context[-1] / decomposition.total[-1] > 0.7


def test_boring_has_the_largest_attribution(predictor: Predictor, explanation: Explanation) -> None:
    total = predictor.attribution(explanation).total
    assert explanation.encoding.word(int(np.abs(total).argmax())) == "boring"


def test_the_mean_reset_gate_does_not_drop_at_boring(explanation: Explanation) -> None:
    means = explanation.trace.reset_gate.mean(axis=1)  # (T,)
    assert means[-2] >= means[-LAST_SENTENCE:-2].mean()


def test_open_reset_gates_change_the_logit_little(
    predictor: Predictor, explanation: Explanation
) -> None:
    change = logit_with(predictor, explanation, "reset") - explanation.prediction.logit
    assert 0 < change < 0.1 * abs(explanation.prediction.logit)


def test_closed_update_gates_leave_the_model_undecided(
    predictor: Predictor, explanation: Explanation
) -> None:
    assert abs(logit_with(predictor, explanation, "update")) < 0.6
