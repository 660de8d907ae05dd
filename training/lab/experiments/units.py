"""Experiment 6: units with short and with long memories, and their reset gates. C14."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64
from scipy.stats import spearmanr

from models.predictor import Predictor
from models.recurrence import Recurrence
from models.trace import GateTrace
from training.lab.bench import Bench
from training.lab.estimates import Estimate, estimate
from training.lab.experiments.base import Experiment
from training.lab.jobs import Job
from training.lab.measures import half_lives, trace_of
from training.lab.nets import GRU
from training.lab.records import Chart, Finding, Outcome, Series, Supports, Table

NAME = "units"
_LAB_TEXTS = 40
# Rank correlations smaller than this are called none.
_SLIGHT = 0.1


@dataclass(frozen=True)
class Units:
    """What each unit of a net does, over many tokens."""

    half_life: Float64[np.ndarray, " H"]
    mean_reset: Float64[np.ndarray, " H"]
    share: Float64[np.ndarray, " H"]

    @property
    def correlation(self) -> float:
        """Spearman's rank correlation of half-life and mean reset gate."""
        return float(spearmanr(self.half_life, self.mean_reset).statistic)

    def halves(self, values: Float64[np.ndarray, " H"]) -> tuple[float, float]:
        """Average over the shorter-lived half of the units and over the longer-lived one."""
        order = np.argsort(self.half_life)
        short, long = np.array_split(values[order], 2)
        return float(short.mean()), float(long.mean())


def _jobs(bench: Bench) -> list[Job]:
    return bench.jobs("reviews", [GRU])


def _run(bench: Bench) -> Outcome:
    shipped = {name: _of_model(bench, name, model) for name, model in bench.models.items()}
    limit = bench.options.max_tokens
    texts = [ids[-limit:] for ids in bench.data.validation.ids[:_LAB_TEXTS]]
    ours = [
        _units([trace_of(reader, ids) for ids in texts], reader.head.weight.detach().numpy()[0])
        for reader in bench.trained("reviews", GRU)
    ]
    correlations = {name: estimate([units.correlation]) for name, units in shipped.items()}
    correlations["the lab's GRUs"] = estimate([units.correlation for units in ours])
    supports = _supports(correlations)
    default = next(iter(shipped))
    short, long = shipped[default].halves(shipped[default].mean_reset)
    answer = (
        "A unit's memory half-life and its mean reset gate are rank-correlated by "
        + ", ".join(f"{value.number()} ({name})" for name, value in correlations.items())
        + f": short-lived units have {_reading(correlations)}. In {default} the shorter-lived half "
        f"of the units has a mean reset gate of {short:.2f}, the longer-lived half {long:.2f}."
    )
    question = (
        'Do "units with short-term memories usually have reset gates very active (close to 1), '
        'and thus forget most"?'
    )
    return Outcome(
        name=NAME,
        title="Short and long memories",
        question=question,
        method=(
            f"Gates are read on {bench.options.gate_texts} held-out reviews for the shipped "
            f"models and on {len(texts)} for the lab's GRUs. A unit's half-life is the number of "
            "tokens after which its update gates have kept half of what it held, "
            "ln ½ / mean ln z. Beside it stand its mean reset gate and its share of the verdict, "
            "mean |w h| at the end over the sum of these for all units."
        ),
        answer=answer,
        limits=(
            "A half-life counts what update gates keep, not what is recalled through the candidate "
            "and written again. Means over all tokens hide units that reset seldom and wholly. A "
            "correlation over units of one net has no interval over trainings; the lab's GRUs do."
        ),
        charts=[_chart(shipped)],
        tables=[_table(shipped)],
        findings={
            "C14": Finding(
                question=question,
                answer=(
                    f"{answer} And by the equations it is a reset gate near 0 that forgets: "
                    "n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)) has nothing of h where r = 0 "
                    "and all of it where r = 1."
                ),
                figures=_figures(shipped, correlations),
                supports=supports,
                rule=(
                    "The sentence calls gates near 1 forgetting, which the equations contradict, "
                    "so never yes; partly if in all nets short-lived units do have the larger "
                    f"reset gates (correlation below −{_SLIGHT}); no otherwise"
                ),
            )
        },
    )


def _of_model(bench: Bench, name: str, predictor: Predictor) -> Units:
    artifact = predictor.artifact
    recurrence = Recurrence(artifact.weights)
    texts = [review.text for review in bench.held_out(name)[: bench.options.gate_texts]]
    traces = [recurrence.trace(encoding.ids) for encoding in predictor.encode(texts)]
    return _units(traces, artifact.weights.head_weight)


def _units(traces: list[GateTrace], head: np.ndarray) -> Units:
    """Average over all tokens that have a state before them."""
    updates = np.concatenate([trace.update_gate[1:] for trace in traces]).astype(np.float64)
    resets = np.concatenate([trace.reset_gate[1:] for trace in traces]).astype(np.float64)
    last = np.stack([trace.hidden[-1] for trace in traces]).astype(np.float64)  # (N, H)
    share = np.abs(last * head).mean(axis=0)  # (H,)
    return Units(half_lives(updates), resets.mean(axis=0), share / share.sum())


def _supports(correlations: dict[str, Estimate]) -> Supports:
    return "partly" if all(value.mean < -_SLIGHT for value in correlations.values()) else "no"


def _reading(correlations: dict[str, Estimate]) -> str:
    means = [value.mean for value in correlations.values()]
    if all(mean > _SLIGHT for mean in means):
        return "the smaller reset gates, nearer to the 0 that forgets, as Cho et al. 2014 meant it"
    if all(mean < -_SLIGHT for mean in means):
        return "the larger reset gates, nearer to the 1 that does not forget"
    return "no reset gates of their own in all nets: the sign differs, or the relation is slight"


def _figures(shipped: dict[str, Units], correlations: dict[str, Estimate]) -> dict[str, Any]:
    models: dict[str, Any] = {}
    for name, units in shipped.items():
        models[name] = {
            "half_life_percentiles_5_50_95": np.percentile(units.half_life, [5, 50, 95]).tolist(),
            "mean_reset_of_short_and_long_half": list(units.halves(units.mean_reset)),
            "verdict_share_of_short_and_long_half": [
                half * len(units.share) / 2 for half in units.halves(units.share)
            ],
            "correlation_of_half_life_and_share": float(
                spearmanr(units.half_life, units.share).statistic
            ),
        }
    return {
        "models": models,
        "correlation_of_half_life_and_mean_reset": {
            name: value.model_dump() for name, value in correlations.items()
        },
    }


def _chart(shipped: dict[str, Units]) -> Chart:
    return Chart(
        name="units",
        title="Every unit's memory and its reset gate",
        kind="points",
        x_title="half-life, tokens",
        y_title="mean reset gate",
        series=[
            Series(name=name, x=units.half_life.tolist(), y=units.mean_reset.tolist())
            for name, units in shipped.items()
        ],
        x_log=True,
    )


def _table(shipped: dict[str, Units]) -> Table:
    rows = []
    for name, units in shipped.items():
        low, middle, high = np.percentile(units.half_life, [5, 50, 95])
        short, long = units.halves(units.mean_reset)
        of_short, of_long = (half * len(units.share) / 2 for half in units.halves(units.share))
        rows.append(
            [
                name,
                f"{low:.1f}, {middle:.1f}, {high:.1f}",
                f"{short:.2f}, {long:.2f}",
                f"{of_short:.0%}, {of_long:.0%}",
                f"{units.correlation:.2f}",
            ]
        )
    return Table(
        title="Shorter- and longer-lived half of the units",
        header=[
            "model",
            "half-life: 5 %, median, 95 %",
            "mean reset: short, long",
            "share of the verdict: short, long",
            "rank correlation of half-life and reset",
        ],
        rows=rows,
    )


EXPERIMENT = Experiment(NAME, ("C14",), _jobs, _run)
