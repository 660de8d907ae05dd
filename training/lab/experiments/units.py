"""C14: the memory length of a unit and its mean reset gate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from pydantic import JsonValue
from scipy.stats import spearmanr

from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.measures import half_lives, trace_of
from gatewise.training.lab.nets.architectures import GRU
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, estimate
from gatewise.training.lab.report.records import Finding, Supports

LAB_GRUS = "the lab's GRUs"
_LAB_TEXTS = 40
# Rank correlations between −0.1 and 0.1 count as none.
_SLIGHT = 0.1


@dataclass(frozen=True)
class Units:
    """Averages of every unit of a net over many tokens.

    Attributes:
        half_life: Tokens after which the update gates have kept half of what the unit held.
        mean_reset: Mean reset gate.
        share: Mean |w h| at the last token over the sum of these for all units.
    """

    half_life: Float64[np.ndarray, " H"]
    mean_reset: Float64[np.ndarray, " H"]
    share: Float64[np.ndarray, " H"]

    @property
    def correlation(self) -> float:
        """Spearman's rank correlation of half-life and mean reset gate."""
        return float(spearmanr(self.half_life, self.mean_reset).statistic)

    def halves(self, values: Float64[np.ndarray, " H"]) -> tuple[float, float]:
        """Average over the half of the units with shorter half-lives, and over the other half."""
        order = np.argsort(self.half_life)
        short, long = np.array_split(values[order], 2)
        return float(short.mean()), float(long.mean())


def _runs(workspace: Workspace) -> list[TrainingRun]:
    return workspace.text_runs("reviews", [GRU])


def _measure(workspace: Workspace) -> dict[str, Finding]:
    shipped = {
        name: _of_model(predictor, workspace.gate_texts(name))
        for name, predictor in workspace.models.items()
    }
    limit = workspace.options.max_tokens
    texts = [ids[-limit:] for ids in workspace.data.validation.ids[:_LAB_TEXTS]]
    ours = [
        _units([trace_of(net, ids) for ids in texts], net.head.weight.detach().numpy()[0])
        for net in workspace.trained("reviews", GRU)
    ]
    correlations = {name: estimate([units.correlation]) for name, units in shipped.items()}
    correlations[LAB_GRUS] = estimate([units.correlation for units in ours])
    return {
        "C14": Finding(
            question='Do "units with short-term memories usually have reset gates very active '
            '(close to 1), and thus forget most"?',
            rule="never yes, because the equations contradict that gates near 1 forget; partly if "
            "in all nets units with short memories have the larger reset gates (correlation below "
            f"−{_SLIGHT}); else no",
            supports=supports_units(correlations),
            values={
                "models": {name: _figures(units) for name, units in shipped.items()},
                "correlation_of_half_life_and_mean_reset": {
                    name: value.model_dump() for name, value in correlations.items()
                },
                "units": {
                    name: {
                        "half_life": units.half_life.tolist(),
                        "mean_reset": units.mean_reset.tolist(),
                    }
                    for name, units in shipped.items()
                },
            },
        )
    }


def supports_units(correlations: dict[str, Estimate]) -> Supports:
    """Apply the rule of C14 to rank correlations of half-life and mean reset gate, by net."""
    return "partly" if all(value.mean < -_SLIGHT for value in correlations.values()) else "no"


def _of_model(predictor: Predictor, texts: Sequence[str]) -> Units:
    weights = predictor.artifact.weights
    recurrence = Recurrence(weights)
    traces = [recurrence.trace(encoding.ids) for encoding in predictor.encode(texts)]
    return _units(traces, weights.head_weight)


def _units(traces: Sequence[GateTrace], head: np.ndarray) -> Units:
    """Average over all tokens but the first ones, which have no state before them."""
    updates = np.concatenate([trace.update_gate[1:] for trace in traces]).astype(np.float64)
    resets = np.concatenate([trace.reset_gate[1:] for trace in traces]).astype(np.float64)
    last = np.stack([trace.hidden[-1] for trace in traces]).astype(np.float64)  # (N, H)
    share = np.abs(last * head).mean(axis=0)  # (H,)
    return Units(half_lives(updates), resets.mean(axis=0), share / share.sum())


def _figures(units: Units) -> dict[str, JsonValue]:
    half = len(units.share) / 2
    return {
        "half_life_percentiles_5_50_95": np.percentile(units.half_life, [5, 50, 95]).tolist(),
        "mean_reset_of_short_and_long_half": list(units.halves(units.mean_reset)),
        "logit_share_of_short_and_long_half": [mean * half for mean in units.halves(units.share)],
        "correlation_of_half_life_and_share": float(
            spearmanr(units.half_life, units.share).statistic
        ),
    }


EXPERIMENT = Experiment("units", ("C14",), _runs, _measure)
