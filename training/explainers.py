"""Our accounts of a verdict and those of others, all as one thing: ids → a score for each token.

Positive scores speak for the positive class. Each package is used as its documentation shows and
with its default effort. Those that perturb a text delete tokens from it, which is also what the
comparison measures, so the perturbing ones (LIME, SHAP) are at home here.
"""

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, Int32
from torch import Tensor, nn

from models.credit import token_credits
from models.faithfulness import leave_one_out
from models.gates import sigmoid
from models.ledger import Ledger, build_ledger
from models.recurrence import Recurrence
from training.network import SentimentGRU

Ids = Int32[np.ndarray, " T"]
Scores = Float64[np.ndarray, " T"]
Explainer = Callable[[Ids], Scores]

INTEGRATED_GRADIENTS = "integrated gradients"

# The defaults of the packages, named so that they can be read beside the times they cost.
_STEPS = 50
_LIME_SAMPLES = 5000
_SHAP_EVALUATIONS = 500  # or those of a single permutation, where that takes more


def explainers(recurrence: Recurrence, *, seed: int) -> tuple[dict[str, Explainer], list[str]]:
    """Build every explainer whose package is installed, and name the packages that are not."""
    built = _ours(recurrence)
    missing = []
    for package, build in {"captum": _captum, "lime": _lime, "shap": _shap}.items():
        try:
            built |= build(recurrence, seed)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != package:
                raise
            missing.append(package)
    return built, missing


def _ours(recurrence: Recurrence) -> dict[str, Explainer]:
    weights = recurrence.weights

    def ledger(ids: Ids) -> Ledger:
        return build_ledger(recurrence.trace(ids), weights.head_weight, weights.head_bias)

    return {
        "ledger": lambda ids: ledger(ids).total,
        "credit": lambda ids: token_credits(recurrence, ids),
        "running verdict": lambda ids: np.diff(
            ledger(ids).running_logit, prepend=weights.head_bias
        ),
        "leave-one-out": lambda ids: leave_one_out(recurrence, ids),
    }


class _FromEmbeddings(nn.Module):
    """The served network, from embeddings on: what can be differentiated."""

    def __init__(self, network: SentimentGRU) -> None:
        super().__init__()
        self._network = network

    def forward(self, embedded: Float32[Tensor, "B T E"]) -> Float32[Tensor, " B"]:
        return self._network.logits(self._network.gru(embedded)[0][:, -1])


class _Unrolled(nn.Module):
    """The same with one module for each gate of each step: DeepLIFT hooks modules, once each.

    Of `nn.GRU` it sees no gate at all, and answers gradient × input without a word.
    """

    def __init__(self, network: SentimentGRU, tokens: int) -> None:
        super().__init__()
        self._network = network
        self._resets, self._updates, self._candidates = (
            nn.ModuleList(kind() for _ in range(tokens))
            for kind in (nn.Sigmoid, nn.Sigmoid, nn.Tanh)
        )

    def forward(self, embedded: Float32[Tensor, "B T E"]) -> Float32[Tensor, " B"]:
        weight_ih, weight_hh, bias_ih, bias_hh = self._network.gru.parameters()
        from_words = nn.functional.linear(embedded, weight_ih, bias_ih)  # (B, T, 3H)
        hidden = embedded.new_zeros(len(embedded), self._network.config.hidden_size)  # (B, H)
        steps = zip(self._resets, self._updates, self._candidates, strict=True)
        for position, (reset, update, candidate) in enumerate(steps):
            from_state = nn.functional.linear(hidden, weight_hh, bias_hh)  # (B, 3H)
            word_r, word_z, word_n = from_words[:, position].chunk(3, dim=1)  # (B, H) each
            state_r, state_z, state_n = from_state.chunk(3, dim=1)  # (B, H) each
            z = update(word_z + state_z)  # (B, H)
            n = candidate(word_n + reset(word_r + state_r) * state_n)  # (B, H)
            hidden = (1 - z) * n + z * hidden  # (B, H)
        return self._network.logits(hidden)


def _captum(recurrence: Recurrence, _seed: int) -> dict[str, Explainer]:
    """Captum's gradient methods on the embeddings, against the zero embedding."""
    attr: Any = import_module("captum.attr")
    network = SentimentGRU.from_weights(recurrence.weights).eval()
    from_embeddings = _FromEmbeddings(network)
    integrated = attr.IntegratedGradients(from_embeddings)
    times_input = attr.InputXGradient(from_embeddings)

    def embedded(ids: Ids) -> Float32[Tensor, "1 T E"]:
        return network.embedding(torch.from_numpy(ids))[None].detach().requires_grad_()

    def deep_lift(ids: Ids) -> Float32[Tensor, "1 T E"]:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Setting forward, backward hooks")
            lift = attr.DeepLift(_Unrolled(network, len(ids)))
            attributed: Tensor = lift.attribute(embedded(ids))
        return attributed

    return {
        INTEGRATED_GRADIENTS: lambda ids: _over_embedding(
            integrated.attribute(embedded(ids), n_steps=_STEPS)
        ),
        "gradient × input": lambda ids: _over_embedding(times_input.attribute(embedded(ids))),
        "DeepLIFT": lambda ids: _over_embedding(deep_lift(ids)),
    }


def _lime(recurrence: Recurrence, seed: int) -> dict[str, Explainer]:
    """LIME's text explainer, given a text whose words are the numbers of the tokens.

    It takes equal words for one feature; so each token is its own, as for all others.
    """
    lime_text: Any = import_module("lime.lime_text")

    def explain(ids: Ids) -> Scores:
        def probabilities(texts: Sequence[str]) -> Float64[np.ndarray, "N 2"]:
            kept = [np.array(text.split(), dtype=np.int64) for text in texts]
            positive = sigmoid(recurrence.logits([ids[positions] for positions in kept]))  # (N,)
            return np.stack([1 - positive, positive], axis=1)  # (N, 2)

        explainer = lime_text.LimeTextExplainer(
            split_expression=r"\s+", feature_selection="none", random_state=seed
        )
        explanation = explainer.explain_instance(
            " ".join(map(str, range(len(ids)))),
            probabilities,
            labels=(1,),
            num_features=len(ids),
            num_samples=_LIME_SAMPLES,
        )
        scores = np.zeros(len(ids))  # (T,)
        for position, weight in explanation.as_list(label=1):
            scores[int(position)] = weight
        return scores

    return {"LIME": explain}


def _shap(recurrence: Recurrence, seed: int) -> dict[str, Explainer]:
    """SHAP's permutation explainer over masks of tokens, the background being no token at all."""
    shap: Any = import_module("shap")

    def explain(ids: Ids) -> Scores:
        def logits(masks: Float[np.ndarray, "N T"]) -> Float64[np.ndarray, " N"]:
            return recurrence.logits([ids[mask > 0] for mask in masks])

        nothing, everything = np.zeros((1, len(ids))), np.ones((1, len(ids)))  # (1, T) each
        explainer = shap.PermutationExplainer(logits, nothing, seed=seed)
        evaluations = max(_SHAP_EVALUATIONS, 2 * len(ids) + 1)
        values: Scores = explainer(everything, max_evals=evaluations, silent=True).values[0]
        return values

    return {"SHAP": explain}


def _over_embedding(attributed: Float[Tensor, "1 T E"]) -> Scores:
    return attributed[0].sum(dim=1).detach().double().numpy()  # (T,)
