"""Each run of a sweep equals the run with the corresponding intervention."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models import Predictor
from gatewise.models.errors import InterventionError
from gatewise.models.explain import sweep as sweep_module
from gatewise.models.explain.interventions import Gate, Intervention, trace_with_interventions
from gatewise.models.explain.sweep import SWEEP_VALUES, SweepRun, sweep_runs
from gatewise.models.gru.recurrence import Recurrence
from tests.models.artifacts import TEXTS
from tests.models.networks import Case, cases, random_weights

GATES: list[Gate] = ["reset", "update"]
IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)


def running_logit(case: Case, ids: np.ndarray, intervention: Intervention) -> np.ndarray:
    trace = trace_with_interventions(case.weights, ids, [intervention])
    return trace.hidden.astype(np.float64) @ case.weights.head_weight + case.weights.head_bias


@given(
    case=cases(max_texts=1, max_tokens=12),
    gate=st.sampled_from(GATES),
    values=st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20),
    data=st.data(),
)
def test_every_run_equals_the_intervention_at_every_token(
    case: Case, gate: Gate, values: list[float], data: st.DataObject
) -> None:
    ids, units = case.texts[0], case.weights.config.hidden_size
    first = data.draw(st.integers(0, len(ids) - 1))
    last = data.draw(st.integers(first, len(ids) - 1))
    recurrence = Recurrence(case.weights, threads=1)
    held = np.tile(np.array(values, dtype=np.float32)[:, None], (1, units))
    hidden = recurrence.states(ids)
    runs = sweep_runs(recurrence, ids, hidden, held, gate=gate, first=first, last=last)
    for value, run in zip(values, runs, strict=True):
        intervention = Intervention(gate, value, tokens=range(first, last + 1))
        np.testing.assert_allclose(run, running_logit(case, ids, intervention), atol=2e-3)


@pytest.mark.parametrize("gate", GATES)
def test_a_sweep_of_a_model_has_the_numbers_of_its_explanations(
    predictor: Predictor, gate: Gate
) -> None:
    sweep = predictor.sweep(TEXTS[1], gate=gate, first=2, last=4)
    means = {"reset": predictor.artifact.gates.mean_reset}
    average = means.get(gate, predictor.artifact.gates.mean_update)
    assert [stop.value for stop in sweep.stops] == list(SWEEP_VALUES)
    for stop in sweep.stops:
        value = stop.value if isinstance(stop.value, float) else average
        expected = predictor.explain(
            TEXTS[1], interventions=[Intervention(gate, value, tokens=range(2, 5))]
        )
        np.testing.assert_allclose(
            stop.running_probability, expected.running_probability, atol=1e-5
        )
        assert stop.logit == pytest.approx(expected.prediction.logit, abs=1e-5)
        assert stop.label == expected.prediction.label


def test_as_it_was_is_the_explanation_without_interventions(predictor: Predictor) -> None:
    sweep = predictor.sweep(TEXTS[0], gate="reset", first=0, last=0)
    explanation = predictor.explain(TEXTS[0])
    assert sweep.prediction == explanation.prediction
    assert sweep.as_it_was.value is None
    assert sweep.as_it_was.running_probability.tolist() == explanation.running_probability.tolist()


def test_the_average_is_each_units_own_mean() -> None:
    weights, means = random_weights(), np.linspace(0, 1, 7, dtype=np.float32)
    recurrence = Recurrence(weights)
    runs = sweep_runs(
        recurrence, IDS, recurrence.states(IDS), means[None], gate="reset", first=2, last=5
    )
    expected = running_logit(
        Case(weights, [IDS]), IDS, Intervention("reset", means, tokens=range(2, 6))
    )
    np.testing.assert_allclose(runs[0], expected, atol=1e-5)


def test_a_run_does_not_depend_on_how_many_are_computed_together(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = predictor.sweep(TEXTS[1], gate="update", first=1, last=3)
    monkeypatch.setattr(sweep_module, "_PART_TOKENS", 1)
    for mine, other in zip(
        together.stops,
        predictor.sweep(TEXTS[1], gate="update", first=1, last=3).stops,
        strict=True,
    ):
        np.testing.assert_allclose(mine.running_logit, other.running_logit, atol=1e-6)


def test_tokens_before_the_range_are_as_they_were(predictor: Predictor) -> None:
    sweep = predictor.sweep(TEXTS[1], gate="reset", first=3, last=3, values=[0.0])
    before = sweep.as_it_was.running_logit[:3]
    np.testing.assert_allclose(sweep.stops[0].running_logit[:3], before, atol=1e-6)
    assert sweep.stops[0].running_logit[3] != pytest.approx(sweep.as_it_was.running_logit[3])


def test_a_sweep_stops_if_the_check_raises(predictor: Predictor) -> None:
    def stop() -> None:
        raise InterruptedError

    (encoding,) = predictor.encode([TEXTS[0]])
    with pytest.raises(InterruptedError):
        predictor.sweep_encoded(encoding, gate="reset", first=0, last=1, values=[0.5], check=stop)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"first": 3, "last": 2}, "range of tokens 3-2 is empty"),
        ({"last": 12}, "Token 12 does not exist: they are numbered 0 to 10"),
        ({"first": -1}, "Token -1 does not exist"),
        ({"values": []}, "at least one value"),
        ({"values": [0.5, 1.5]}, "cannot be set to 1.5"),
        ({"values": [float("nan")]}, "cannot be set to nan"),
    ],
)
def test_an_invalid_sweep_raises_an_error(
    predictor: Predictor, change: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InterventionError, match=complaint):
        predictor.sweep(TEXTS[1], **{"gate": "reset", "first": 1, "last": 2, **change})


def test_the_label_is_that_of_the_logit() -> None:
    runs = [SweepRun(0.5, np.array([0.0, logit])) for logit in (-1.0, 1.0)]
    assert [run.label for run in runs] == ["negative", "positive"]
    assert [run.probability_positive for run in runs] == pytest.approx(
        [0.268941, 0.731059], abs=1e-6
    )
