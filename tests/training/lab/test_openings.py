"""Openings before plots, runs over the plots with paths cut, and what is made of them."""

import numpy as np
import pytest

from gatewise.models.explain.interventions import Intervention, trace_with_interventions
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.tokenizer import WordTokenizer
from gatewise.models.weights import NetworkWeights
from gatewise.training.lab.experiments.memory.memory_paths import (
    CUT,
    HELD,
    NOT_RECALLED,
    OTHER_GATES,
    STANDING,
    accuracies,
    influences,
    supports_recall,
)
from gatewise.training.lab.experiments.memory.openings import (
    LENGTHS,
    OPENINGS,
    OpeningTexts,
    opening_texts,
    standing_share,
)
from gatewise.training.lab.experiments.memory.plot_runs import (
    PLAIN,
    PlotRun,
    Variation,
    run_over_plots,
)
from gatewise.training.lab.report.estimates import Estimate
from tests.models.networks import random_weights

LENGTH = 50
HELD_VALUE = np.float32(0.3)


@pytest.fixture(scope="module")
def weights() -> NetworkWeights:
    return random_weights()


@pytest.fixture(scope="module")
def texts(weights: NetworkWeights) -> OpeningTexts:
    generator = np.random.default_rng(0)
    words = len(weights.embedding)

    def ids(count: int) -> np.ndarray:
        return generator.integers(words, size=count).astype(np.int32)

    return OpeningTexts(
        openings=[ids(2), ids(3), ids(2), ids(4)],
        positive=np.array([True, True, False, False]),
        opposites=[2, 3, 0, 1],
        plots=np.stack([ids(LENGTHS[-1]) for _ in range(2)]),
    )


@pytest.fixture(scope="module")
def runs(weights: NetworkWeights, texts: OpeningTexts) -> dict[str, PlotRun]:
    held = np.full(weights.config.hidden_size, HELD_VALUE)
    extra = {
        "reset": Variation(reset=held),
        "update": Variation(update=held),
        "all cut": Variation(keeps=False, recalls=False, gates=False),
    }
    return run_over_plots(weights, texts, CUT | extra)


def test_a_plain_run_has_the_running_logits_of_the_texts(
    weights: NetworkWeights, texts: OpeningTexts, runs: dict[str, PlotRun]
) -> None:
    recurrence = Recurrence(weights)
    for length in (0, 10, 100):
        ids = [
            np.concatenate([opening, plot[:length]])
            for plot in texts.plots
            for opening in texts.openings
        ]
        found = runs[PLAIN].logits[length].ravel()
        np.testing.assert_allclose(found, recurrence.logits(ids), atol=1e-4)


@pytest.mark.parametrize("gate", ["reset", "update"])
def test_held_gates_give_the_trace_with_interventions(
    weights: NetworkWeights, texts: OpeningTexts, runs: dict[str, PlotRun], gate: str
) -> None:
    opening, plot = texts.openings[1], texts.plots[0][:LENGTH]
    tokens = range(len(opening), len(opening) + LENGTH)
    held = Intervention(gate, float(HELD_VALUE), tokens=tokens)  # type: ignore[arg-type]
    trace = trace_with_interventions(weights, np.concatenate([opening, plot]), [held])
    expected = trace.hidden[-1] @ weights.head_weight + weights.head_bias
    assert runs[gate].logits[LENGTH][0, 1] == pytest.approx(float(expected), abs=1e-4)
    by_unit = weights.head_weight * trace.hidden[len(opening) - 1]
    standing = standing_share(
        trace.update_gate[len(opening) :].astype(float), by_unit.astype(float)
    )
    assert runs[gate].standing[LENGTH][0, 1] == pytest.approx(standing[LENGTH], abs=1e-5)


def test_with_all_paths_cut_a_run_is_that_of_the_opposite_opening(
    texts: OpeningTexts, runs: dict[str, PlotRun]
) -> None:
    opposite = runs[PLAIN].logits[LENGTH][:, texts.opposites]
    np.testing.assert_allclose(runs["all cut"].logits[LENGTH], opposite, atol=1e-5)


def test_what_is_left_standing_alone_is_the_product_of_the_update_gates(
    weights: NetworkWeights, texts: OpeningTexts, runs: dict[str, PlotRun]
) -> None:
    length, recurrence = 5, Recurrence(weights)
    first, opposite = recurrence.last_states([texts.openings[0], texts.openings[2]])
    ids = np.concatenate([texts.openings[2], texts.plots[0][:length]])
    gates = recurrence.trace(ids).update_gate[-length:]
    left = ((first - opposite) * gates.prod(axis=0)) @ weights.head_weight
    found = runs[STANDING].logits[length] - runs[PLAIN].logits[length][:, texts.opposites]
    assert found[0, 0] == pytest.approx(float(left), abs=1e-4)


def test_a_plain_run_has_all_of_the_influence_and_a_fully_cut_one_none(
    texts: OpeningTexts, runs: dict[str, PlotRun]
) -> None:
    plain = influences(runs[PLAIN], runs[PLAIN], texts, held=False)
    cut = influences(runs["all cut"], runs[PLAIN], texts, held=False)
    assert [plain[length].mean for length in (0, 5, 10)] == pytest.approx([1, 1, 1])
    assert max(plain) < LENGTHS[-1], "nothing is left of it in a random net"
    assert cut[5].mean == pytest.approx(0, abs=1e-3)


def test_accuracies_compare_predictions_with_openings(texts: OpeningTexts) -> None:
    logits = np.array([[1.0, 1.0, -1.0, 1.0], [1.0, -1.0, -1.0, 1.0]])
    found = accuracies(PlotRun(logits={0: logits}, standing={}), texts)
    assert found[0].mean == pytest.approx(5 / 8)
    assert found[0].n == 2


def test_gates_of_a_half_leave_halves_standing() -> None:
    found = standing_share(np.full((800, 3), 0.5), np.array([1.0, -2.0, 3.0]))
    assert found[0] == pytest.approx(1)
    assert found[5] == pytest.approx(2**-5)


def test_every_opening_is_opposed_to_one_of_the_other_label() -> None:
    tokenizer = WordTokenizer.train(OPENINGS, vocab_size=50, min_frequency=1)
    texts = opening_texts(tokenizer, story_texts=40)
    assert texts.plots.shape == (2, LENGTHS[-1])
    assert len(texts.texts) == 2 * len(OPENINGS)
    for number, opposite in enumerate(texts.opposites):
        assert texts.positive[number] != texts.positive[opposite]
        assert texts.opposites[opposite] == number


def constant(value: float) -> dict[int, Estimate]:
    return {LENGTH: Estimate(mean=value, low=value - 0.01, high=value + 0.01, n=9)}


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([(0.01, 0.1, 0.9)], "yes"),
        ([(0.5, 0.1, 0.9)], "partly"),
        ([(0.01, 0.9, 0.9)], "partly"),
        ([(0.01, 0.1, 0.1)], "partly"),
        ([(0.5, 0.9, 0.9)], "no"),
        ([(0.01, 0.1, 0.9), (0.5, 0.9, 0.9)], "partly"),
    ],
)
def test_memory_is_recalled_if_nothing_is_left_standing_and_recall_is_needed(
    models: list[tuple[float, float, float]], expected: str
) -> None:
    influence = {
        str(number): {
            STANDING: constant(alone),
            NOT_RECALLED: constant(without),
            OTHER_GATES: constant(gates),
        }
        for number, (alone, without, gates) in enumerate(models)
    }
    assert supports_recall(influence) == expected


def test_held_runs_and_cut_runs_have_different_names() -> None:
    assert not set(HELD) & set(CUT)
