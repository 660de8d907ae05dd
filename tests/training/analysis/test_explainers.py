"""Explainers of every package: one score per token, and what is known about their sum."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.weights import NetworkWeights
from gatewise.training.analysis.explainers import Explainer, explainers
from gatewise.training.nets.network import SentimentGRU
from tests.models.networks import random_weights

pytestmark = pytest.mark.filterwarnings("ignore")  # warnings of the other packages

OURS = ["decomposition", "attribution", "running prediction", "leave-one-out"]
PEERS = {
    "integrated gradients": "captum",
    "gradient × input": "captum",
    "DeepLIFT": "captum",
    "LIME": "lime",
    "SHAP": "shap",
}
IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)


@pytest.fixture(scope="module")
def weights() -> NetworkWeights:
    return random_weights(scale=2.0)


@pytest.fixture
def explainer(weights: NetworkWeights) -> Callable[[str], Explainer]:
    """Return a function that builds an explainer, or skips the test without its package."""

    def named(name: str) -> Explainer:
        built, missing = explainers(Recurrence(weights), seed=0)
        if name in PEERS and PEERS[name] in missing:
            pytest.skip(f"{PEERS[name]} is not installed: the extra `compare` has it")
        return built[name]

    return named


def logits(weights: NetworkWeights, *texts: np.ndarray) -> np.ndarray:
    return Recurrence(weights).logits(texts)


@pytest.mark.parametrize("name", [*OURS, *PEERS])
@pytest.mark.parametrize("tokens", [1, 2, 8])
def test_every_token_has_a_score(
    explainer: Callable[[str], Explainer], name: str, tokens: int
) -> None:
    scores = explainer(name)(IDS[:tokens])
    assert scores.shape == (tokens,)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", ["decomposition", "attribution", "running prediction", "SHAP"])
def test_scores_sum_to_the_logit_minus_that_of_the_empty_text(
    explainer: Callable[[str], Explainer], weights: NetworkWeights, name: str
) -> None:
    logit, nothing = logits(weights, IDS, IDS[:0])
    assert explainer(name)(IDS).sum() == pytest.approx(logit - nothing, abs=1e-5)


def test_integrated_gradients_sum_to_the_logit_minus_that_of_the_zero_embedding(
    explainer: Callable[[str], Explainer], weights: NetworkWeights
) -> None:
    blank = SentimentGRU.from_weights(weights)
    torch.nn.init.zeros_(blank.embedding.weight)
    rise = logits(weights, IDS)[0] - logits(blank.to_weights(), IDS)[0]
    assert explainer("integrated gradients")(IDS).sum() == pytest.approx(rise, abs=1e-3)


def test_gradient_times_input_equals_that_of_autograd(
    explainer: Callable[[str], Explainer], weights: NetworkWeights
) -> None:
    network = SentimentGRU.from_weights(weights)
    scale = torch.ones(len(IDS), 1, requires_grad=True)
    embedded = scale * network.embedding(torch.from_numpy(IDS)).detach()
    (slopes,) = torch.autograd.grad(network.logits(network.gru(embedded)[0][-1]), scale)
    np.testing.assert_allclose(explainer("gradient × input")(IDS), slopes[:, 0].numpy(), atol=1e-6)


@pytest.mark.parametrize("name", ["LIME", "SHAP"])
def test_perturbation_methods_find_the_most_important_token(
    explainer: Callable[[str], Explainer], name: str
) -> None:
    largest = np.argmax(np.abs(explainer("leave-one-out")(IDS)))
    assert np.argmax(np.abs(explainer(name)(IDS))) == largest


@pytest.mark.parametrize("name", ["LIME", "SHAP"])
def test_sampled_scores_are_reproducible(explainer: Callable[[str], Explainer], name: str) -> None:
    np.testing.assert_array_equal(explainer(name)(IDS), explainer(name)(IDS))


def test_deep_lift_differs_from_gradient_times_input(
    explainer: Callable[[str], Explainer],
) -> None:
    difference = explainer("DeepLIFT")(IDS) - explainer("gradient × input")(IDS)
    assert np.abs(difference).max() > 1e-3


def test_a_package_that_is_not_installed_is_reported_and_left_out(
    weights: NetworkWeights, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("captum", "lime", "shap"):
        for module in [name for name in sys.modules if name.partition(".")[0] == package]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, package, None)
    built, missing = explainers(Recurrence(weights), seed=0)
    assert list(built) == OURS
    assert missing == ["captum", "lime", "shap"]
