"""The equations at work in the shipped models: C1, C5, C6, C12 and C16."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int32
from scipy.stats import spearmanr
from torch import nn

from models.gates import GRUParameters, gru, gru_step
from models.ledger import build_ledger
from models.predictor import Predictor
from models.recurrence import Recurrence
from models.step import worked_step
from models.trace import GateTrace
from models.weights import NetworkWeights
from training.lab.bench import Bench
from training.lab.experiments.base import Experiment, no_jobs
from training.lab.records import Chart, Finding, Outcome, Series, Table

NAME = "equations"
_EXTREME = 1e4
_EXTREME_STEPS = 200
_WORKED_STEPS = 6
# Six decimals are printed; a step adds up a few of their roundings.
_PRINTED = 1e-4
_EXACT = 1e-12
_FOLLOWS = 0.5
# What the first seed text prints of its unit 0: z, h before and h after, to two decimals.
_SEED_Z, _SEED_BEFORE, _SEED_AFTER, _HALF_DIGIT = 0.94, 0.84, 0.82, 0.005

Traces = dict[str, list[GateTrace]]


def _run(bench: Bench) -> Outcome:
    ids: dict[str, list[Int32[np.ndarray, " _"]]] = {}
    traces: Traces = {}
    for name, predictor in bench.models.items():
        texts = [review.text for review in bench.held_out(name)[: bench.options.gate_texts]]
        recurrence = Recurrence(predictor.artifact.weights)
        ids[name] = [encoding.ids for encoding in predictor.encode(texts)]
        traces[name] = [recurrence.trace(row) for row in ids[name]]
    weights = {name: model.artifact.weights for name, model in bench.models.items()}
    shares = {name: _recalled(weights[name], traces[name]) for name in weights}
    findings = {
        "C1": _bounded(weights, traces),
        "C5": _two_units(weights, ids),
        "C6": _recall(shares),
        "C12": _elman(weights, ids),
        "C16": _by_hand(bench.models, ids, traces),
    }
    return Outcome(
        name=NAME,
        title="The equations, at work",
        question="Do the shipped models do what the texts say that a GRU does, number by number?",
        method=(
            f"The shipped models read {bench.options.gate_texts} held-out reviews each, and one "
            f"text of {_EXTREME_STEPS} words far larger than any word. Gates are held where a "
            "claim says what must follow. Worked steps are compared with the network's own states."
        ),
        answer=" ".join(finding.answer for finding in findings.values()),
        limits=(
            "These are properties of the equations and of this code; no training could have made "
            "them otherwise, but for how much is recalled."
        ),
        charts=[_chart(shares)],
        tables=[_table(findings["C6"].figures)],
        findings=findings,
    )


def _bounded(weights: dict[str, NetworkWeights], traces: Traces) -> Finding:
    lowest, highest, count = 1.0, 0.0, 0
    gates = [
        gate
        for name in weights
        for trace in [*traces[name], _extreme(weights[name])]
        for gate in (trace.reset_gate, trace.update_gate)
    ]
    for gate in gates:
        lowest, highest = min(lowest, float(gate.min())), max(highest, float(gate.max()))
        count += gate.size
    return Finding(
        question="Does a sigmoid keep every gate in [0, 1], element by element?",
        answer=f"All {count:,} gate values lie between {lowest:.2g} and {highest:.6g}.",
        figures={"gate_values": count, "smallest": lowest, "largest": highest},
        supports="yes" if lowest >= 0 and highest <= 1 else "no",
        rule="yes if no value lies outside, for words of any size",
    )


def _extreme(weights: NetworkWeights) -> GateTrace:
    size = weights.config.embedding_size
    words = np.random.default_rng(0).normal(0, _EXTREME, (_EXTREME_STEPS, size))
    return GateTrace.from_steps(gru(words.astype(np.float32), weights.gru))


def _two_units(
    weights: dict[str, NetworkWeights], ids: dict[str, list[Int32[np.ndarray, " _"]]]
) -> Finding:
    """Redo what the seed text shows at two units: z = 0 takes n, z near 1 keeps h."""
    differences = {}
    for name, net in weights.items():
        before = Recurrence(net).trace(ids[name][0]).hidden[-1]  # (H,)
        shut = np.zeros_like(before)  # (H,)
        step = gru_step(net.embedding[ids[name][0][0]], before, net.gru, update_gate=shut)
        differences[name] = float(np.abs(step.hidden - step.candidate).max())
    needed = [
        ((_SEED_AFTER + after) - (_SEED_Z + z) * (_SEED_BEFORE + before)) / (1 - _SEED_Z - z)
        for after in (-_HALF_DIGIT, _HALF_DIGIT)
        for before in (-_HALF_DIGIT, _HALF_DIGIT)
        for z in (-_HALF_DIGIT, _HALF_DIGIT)
    ]
    possible = min(needed) <= 1 and max(needed) >= -1
    exact = max(differences.values()) == 0
    return Finding(
        question="Does a unit with z = 0 become its candidate exactly, and does one with z = 0.94 "
        "stay nearly what it was (0.84 → 0.82)?",
        answer=(
            "Held at z = 0, every unit of the shipped models becomes its candidate with a "
            f"difference of {max(differences.values()):.0e}; 0.84 → 0.82 at z = 0.94 needs a "
            f"candidate between {min(needed):.2f} and {max(needed):.2f}, which tanh "
            f"{'can' if possible else 'cannot'} give."
        ),
        figures={
            "difference_from_candidate": dict(differences),
            "candidate_needed": [min(needed), max(needed)],
        },
        supports="yes" if exact and possible else "partly" if exact or possible else "no",
        rule="yes if the difference is 0 and the candidate needed lies within tanh's range",
    )


def _recalled(weights: NetworkWeights, traces: Sequence[GateTrace]) -> Float64[np.ndarray, "_ 2"]:
    """Pair each token's mean reset gate with the share of its candidate that is recalled."""
    rows = []
    for trace in traces:
        ledger = build_ledger(trace, weights.head_weight, weights.head_bias)
        reset = trace.reset_gate.mean(axis=1, dtype=np.float64)  # (T,)
        rows.append(np.stack([reset, ledger.recalled_share], axis=1)[1:])
    return np.concatenate(rows)


def _recall(shares: dict[str, Float64[np.ndarray, "_ 2"]]) -> Finding:
    figures: dict[str, Any] = {}
    follows = []
    for name, rows in shares.items():
        low, high = np.percentile(rows[:, 1], [5, 95])
        follows.append(float(spearmanr(rows[:, 0], rows[:, 1]).statistic))
        figures[name] = {
            "mean_recalled_share": float(rows[:, 1].mean()),
            "percentiles_5_95": [float(low), float(high)],
            "rank_correlation_with_mean_reset": follows[-1],
        }
    told = "; ".join(
        f"{name}: {rows[:, 1].mean():.0%} on average, rank correlation {follow:.2f}"
        for (name, rows), follow in zip(shares.items(), follows, strict=True)
    )
    return Finding(
        question="Does the reset gate say how much of the old state enters the candidate?",
        answer=(
            "By the equations nothing of it enters at r = 0 and all at r = 1; over tokens, the "
            "share of the candidate that comes from recalled context follows the mean reset gate "
            f"{'closely' if min(follows) > _FOLLOWS else 'only loosely'} ({told})."
        ),
        figures=figures,
        supports="yes" if min(follows) > _FOLLOWS else "partly",
        rule=(
            "partly by the equations alone; yes if over tokens the recalled share also follows "
            f"the mean reset gate, with a rank correlation above {_FOLLOWS} in every model"
        ),
    )


def _table(recalled: dict[str, Any]) -> Table:
    return Table(
        title="How much of a candidate is recalled context, over tokens",
        header=["model", "on average", "5 and 95 of 100 below", "rank correlation with mean reset"],
        rows=[
            [
                name,
                f"{row['mean_recalled_share']:.0%}",
                " and ".join(f"{share:.0%}" for share in row["percentiles_5_95"]),
                f"{row['rank_correlation_with_mean_reset']:.2f}",
            ]
            for name, row in recalled.items()
        ],
    )


def _elman(
    weights: dict[str, NetworkWeights], ids: dict[str, list[Int32[np.ndarray, " _"]]]
) -> Finding:
    pairs = {name: elman_differences(net, ids[name][0]) for name, net in weights.items()}
    step = max(pair[0] for pair in pairs.values())
    told = ", ".join(f"{name} {pair[1]:.0e}" for name, pair in pairs.items())
    return Finding(
        question="With reset = 1 and update = 0 everywhere, is a GRU a standard RNN?",
        answer=(
            "Held so, every step of the shipped GRUs is that of torch.nn.RNN with the candidate's "
            f"weights, to {step:.1e}; over a whole review such a net may blow this rounding up "
            f"({told})."
        ),
        figures={
            name: {"largest_difference_of_a_step": pair[0], "after_a_whole_review": pair[1]}
            for name, pair in pairs.items()
        },
        supports="yes" if step < _EXACT else "no",
        rule=f"yes if no step differs by {_EXACT} or more: rounding of 64-bit numbers",
    )


def elman_differences(weights: NetworkWeights, ids: Int32[np.ndarray, " T"]) -> tuple[float, float]:
    """Hold r = 1 and z = 0, and subtract what `nn.RNN` makes of the same text.

    Answers the largest difference of one step from the same state, and that at the text's end.
    """
    net, size = weights.gru, weights.config.hidden_size
    parameters = [
        array.astype(np.float64)
        for array in (net.weight_ih, net.weight_hh, net.bias_ih, net.bias_hh)
    ]
    rnn = nn.RNN(weights.config.embedding_size, size, dtype=torch.float64)
    with torch.no_grad():
        for mine, theirs in zip(rnn.parameters(), parameters, strict=True):
            mine.copy_(torch.from_numpy(theirs[2 * size :]))
    embedded = weights.embedding[ids].astype(np.float64)  # (T, E)
    steps = gru(
        embedded,
        GRUParameters(*parameters),
        reset_gate=np.ones(size),
        update_gate=np.zeros(size),
    )
    hidden = np.stack([step.hidden for step in steps])  # (T, H)
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])  # (T, H)
    with torch.inference_mode():
        words = torch.from_numpy(embedded)  # (T, E)
        single = rnn(words[None], torch.from_numpy(before)[None])[0][0]  # (T, H), T texts of a word
        whole = rnn(words)[0]  # (T, H)
    return (
        float(np.abs(single.numpy() - hidden).max()),
        float(np.abs(whole.numpy()[-1] - hidden[-1]).max()),
    )


def _by_hand(
    models: dict[str, Predictor],
    ids: dict[str, list[Int32[np.ndarray, " _"]]],
    traces: Traces,
) -> Finding:
    """Lay out whole steps of real reviews, and compare with the network's states."""
    errors: dict[str, float] = {}
    steps = 0
    for name, predictor in models.items():
        weights, worst = predictor.artifact.weights, 0.0
        for row, trace in list(zip(ids[name], traces[name], strict=True))[:_WORKED_STEPS]:
            at = len(row) // 2
            units = range(weights.config.hidden_size)
            worked = worked_step(weights, trace, row, step=at, units=units)
            after = np.array([float(unit.after) for unit in worked])  # (H,)
            worst = max(worst, float(np.abs(after - trace.hidden[at]).max()))
            steps += len(worked)
        errors[name] = worst
    found = max(errors.values())
    return Finding(
        question="Does a step worked out by hand hold for the word-level model that is served, "
        "not only for a character-level toy?",
        answer=(
            f"{steps:,} units' steps of real reviews, computed from printed numbers of six "
            f"decimals, end within {found:.1e} of the network's own states."
        ),
        figures={"steps": steps, "largest_difference": dict(errors)},
        supports="yes" if found < _PRINTED else "no",
        rule=f"yes if no unit differs by more than {_PRINTED}",
    )


def _chart(shares: dict[str, Float64[np.ndarray, "_ 2"]]) -> Chart:
    """Show the recalled share along the tenths of the mean reset gate."""
    series = []
    for name, rows in shares.items():
        tenths = np.array_split(rows[np.argsort(rows[:, 0])], min(10, len(rows)))
        middle = np.array([tenth.mean(axis=0) for tenth in tenths])  # (10, 2)
        series.append(Series(name=name, x=middle[:, 0].tolist(), y=middle[:, 1].tolist()))
    return Chart(
        name="equations",
        title="How much of a candidate is recalled, by its mean reset gate",
        kind="lines",
        x_title="mean reset gate of a token, tenths of all tokens",
        y_title="recalled share of its candidate",
        series=series,
        percent=True,
    )


EXPERIMENT = Experiment(NAME, ("C1", "C5", "C6", "C12", "C16"), no_jobs, _run)
