"""Our explanations and those of other packages, as functions from word ids to scores of tokens.

Positive scores speak for the positive class. Each package is used as its documentation shows and
with its default effort. LIME and SHAP perturb a text by deleting tokens, which is also what the
comparison measures; this favours them.
"""

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, Int32
from torch import Tensor, nn

from gatewise.models.explain.attribution import token_attributions
from gatewise.models.explain.decomposition import Decomposition, decompose
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.training.nets.network import SentimentGRU

Ids = Int32[np.ndarray, " T"]
Scores = Float64[np.ndarray, " T"]
Explainer = Callable[[Ids], Scores]

INTEGRATED_GRADIENTS = "integrated gradients"

# The defaults of the packages.
_STEPS = 50
_LIME_SAMPLES = 5000
_SHAP_EVALUATIONS = 500  # or those of a single permutation, where that takes more


def explainers(recurrence: Recurrence, *, seed: int) -> tuple[dict[str, Explainer], list[str]]:
    """Build every explainer whose package is installed.

    Args:
        recurrence: The network to explain.
        seed: Seed of LIME and SHAP.

    Returns:
        The explainers by name, and the names of the packages that are not installed.
    """
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

    def decomposition(ids: Ids) -> Decomposition:
        return decompose(recurrence.trace(ids), weights.head_weight, weights.head_bias)

    return {
        "decomposition": lambda ids: decomposition(ids).total,
        "attribution": lambda ids: token_attributions(recurrence, ids),
        "running prediction": lambda ids: np.diff(
            decomposition(ids).running_logit, prepend=weights.head_bias
        ),
        "leave-one-out": lambda ids: leave_one_out(recurrence, ids),
    }


class _FromEmbeddings(nn.Module):
    """The network as a differentiable function of embedded tokens."""

    def __init__(self, network: SentimentGRU) -> None:
        super().__init__()
        self._network = network

    def forward(self, embedded: Float32[Tensor, "B T E"]) -> Float32[Tensor, " B"]:
        return self._network.logits(self._network.gru(embedded)[0][:, -1])


class _Unrolled(nn.Module):
    """The same function with one module per gate and time step, for DeepLIFT.

    DeepLIFT hooks every nonlinear module, which may be called only once. It does not see the gates
    inside `nn.GRU`, and would silently compute gradient × input.
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
    """Build Captum's gradient methods on the embeddings, with the zero embedding as baseline."""
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
    """Build LIME's text explainer, applied to a text whose words are the positions of the tokens.

    It treats equal words as one feature; with positions, every token is a feature of its own, as
    for the other explainers.
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
    """Build SHAP's permutation explainer over token masks, with the empty text as background."""
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
