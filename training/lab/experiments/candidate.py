"""C4 and C6: the recurrent part of the candidate, which stands inside the reset product."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64, Int32
from pydantic import JsonValue
from scipy.stats import spearmanr

from gatewise.models.explain.decomposition import decompose
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.models.weights import GRUParameters, NetworkWeights
from gatewise.training.lab.experiments.base import Experiment, no_runs
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.records import Finding

# Changes of a logit below this are rounding of 32-bit numbers over a review.
_ROUNDING = 1e-3
_GATES = ("reset", "update", "candidate")
# A rank correlation above this counts as following.
_FOLLOWS = 0.5
_DECILES = 10

Ids = Sequence[Int32[np.ndarray, " _"]]
BiasEffects = dict[str, dict[str, float]]  # by block of rows, by figure
Shares = Float64[np.ndarray, "_ 2"]  # mean reset gate and recalled share, a row for each token


def _measure(workspace: Workspace) -> dict[str, Finding]:
    effects: dict[str, BiasEffects] = {}
    shares: dict[str, Shares] = {}
    for name, predictor in workspace.models.items():
        weights = predictor.artifact.weights
        ids = [encoding.ids for encoding in predictor.encode(workspace.gate_texts(name))]
        effects[name] = _bias_effects(weights, ids)
        recurrence = Recurrence(weights)
        shares[name] = _recalled_shares(weights, [recurrence.trace(row) for row in ids])
    return {"C4": _biases(effects), "C6": _recall(shares)}


def _biases(effects: dict[str, BiasEffects]) -> Finding:
    in_gates = max(
        row[gate]["largest_change_of_logit"] for row in effects.values() for gate in _GATES[:2]
    )
    in_candidate = min(row["candidate"]["largest_change_of_logit"] for row in effects.values())
    exact = in_gates < _ROUNDING
    return Finding(
        question="Are the two biases of a gate interchangeable, and are those of the candidate "
        "not?",
        rule=f"yes if adding b_h to b_i changes no logit by {_ROUNDING} or more for the gates, "
        "and does for the candidate of every model; partly if only the former holds; else no",
        supports="yes" if exact and in_candidate > _ROUNDING else "partly" if exact else "no",
        values={name: {gate: dict(row[gate]) for gate in _GATES} for name, row in effects.items()},
    )


def merge_biases(parameters: GRUParameters, gate: str) -> GRUParameters:
    """Add b_h of one block of rows to its b_i, and set b_h to 0.

    For the reset and update gates this is exact. For the candidate it moves b_hn out of the
    product with the reset gate, and so changes the network.
    """
    block = np.arange(3 * parameters.hidden_size) // parameters.hidden_size  # (3H,)
    here = block == _GATES.index(gate)  # (3H,)
    bias_ih = np.where(here, parameters.bias_ih + parameters.bias_hh, parameters.bias_ih)
    bias_hh = np.where(here, 0, parameters.bias_hh).astype(parameters.bias_hh.dtype)
    return replace(parameters, bias_ih=bias_ih, bias_hh=bias_hh)


def _bias_effects(weights: NetworkWeights, ids: Ids) -> BiasEffects:
    original = Recurrence(weights).logits(ids)  # (N,)
    effects = {}
    for gate in _GATES:
        merged = replace(weights, gru=merge_biases(weights.gru, gate))
        logits = Recurrence(merged).logits(ids)  # (N,)
        effects[gate] = {
            "mean_change_of_logit": float(np.abs(logits - original).mean()),
            "largest_change_of_logit": float(np.abs(logits - original).max()),
            "predictions_changed": float(((logits > 0) != (original > 0)).mean()),
        }
    return effects


def _recalled_shares(weights: NetworkWeights, traces: Sequence[GateTrace]) -> Shares:
    """Pair the mean reset gate of each token with the recalled share of its candidate.

    First tokens are left out, because there is no state before them.
    """
    rows = []
    for trace in traces:
        decomposition = decompose(trace, weights.head_weight, weights.head_bias)
        reset = trace.reset_gate.mean(axis=1, dtype=np.float64)  # (T,)
        rows.append(np.stack([reset, decomposition.recalled_share], axis=1)[1:])
    return np.concatenate(rows)


def _recall(shares: dict[str, Shares]) -> Finding:
    values: dict[str, JsonValue] = {}
    correlations = []
    for name, rows in shares.items():
        low, high = np.percentile(rows[:, 1], [5, 95])
        correlations.append(float(spearmanr(rows[:, 0], rows[:, 1]).statistic))
        deciles = np.array_split(rows[np.argsort(rows[:, 0])], min(_DECILES, len(rows)))
        means = np.array([decile.mean(axis=0) for decile in deciles])  # (10, 2)
        values[name] = {
            "mean_recalled_share": float(rows[:, 1].mean()),
            "percentiles_5_95": [float(low), float(high)],
            "rank_correlation_with_mean_reset": correlations[-1],
            "deciles": {
                "mean_reset": means[:, 0].tolist(),
                "recalled_share": means[:, 1].tolist(),
            },
        }
    return Finding(
        question="Does the reset gate control how much of the old state enters the candidate?",
        rule="partly by the equations alone; yes if over tokens the recalled share also follows "
        f"the mean reset gate, with a rank correlation above {_FOLLOWS} in every model",
        supports="yes" if min(correlations) > _FOLLOWS else "partly",
        values=values,
    )


EXPERIMENT = Experiment("candidate", ("C4", "C6"), no_runs, _measure)
