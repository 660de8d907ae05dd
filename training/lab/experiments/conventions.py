"""Experiment 7: two names for one gate, and two biases that are not one. C2, C3 and C4."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int32

from models.gates import GRUParameters, gru_step, sigmoid
from models.predictor import Predictor
from models.recurrence import Recurrence
from models.weights import NetworkWeights
from training.lab.bench import Bench
from training.lab.experiments.base import Experiment, no_jobs
from training.lab.records import Chart, Finding, Outcome, Series, Table

NAME = "conventions"
# Differences below this are rounding of 32-bit numbers over a review.
_ROUNDING = 1e-3
_BOTH_NAMES_TEXTS = 4
_GATES = ("reset", "update", "candidate")

Ids = Sequence[Int32[np.ndarray, " _"]]
Figures = dict[str, Any]


def _run(bench: Bench) -> Outcome:
    merged, named, held = {}, {}, {}
    for name, predictor in bench.models.items():
        texts = [review.text for review in bench.held_out(name)[: bench.options.gate_texts]]
        ids = [encoding.ids for encoding in predictor.encode(texts)]
        merged[name] = _merge_biases(predictor.artifact.weights, ids)
        named[name] = max(
            _both_names(predictor.artifact.weights, row) for row in ids[:_BOTH_NAMES_TEXTS]
        )
        held[name] = _held_updates(predictor, ids[0])
    extremes, names, biases = _extremes(held), _names(named), _biases(merged)
    return Outcome(
        name=NAME,
        title="Two names for one gate, two biases that are not one",
        question="Do the conventions matter, and what goes wrong if they are mixed up?",
        method=(
            "The shipped models read a held-out review with every unit's update gate held at 0, 1 "
            "and ½, and then as the course writes it, with u = 1 − z from weights of the "
            "opposite sign. Then the two biases of each gate are merged into one, on "
            f"{bench.options.gate_texts} reviews: added up where they stand beside each other, "
            "and for the candidate wrongly too, b_hn moved out of the product with the reset gate. "
            "What changes in the verdicts is the error of that mistake."
        ),
        answer=f"{extremes.answer} {names.answer} {biases.answer}",
        limits=(
            "How much merging b_hn costs depends on how large it is and how closed the reset gates "
            "are; another net may suffer more or less. A net trained with the merged bias would "
            "learn to live with it."
        ),
        charts=[
            Chart(
                name="conventions",
                title="Change of the logit when the two biases of a gate are merged",
                kind="bars",
                x_title="",
                y_title="mean change of the logit",
                series=[
                    Series(
                        name=name,
                        x=list(_GATES),
                        y=[_number(row[gate]["mean_change_of_logit"]) for gate in _GATES],
                    )
                    for name, row in merged.items()
                ],
            )
        ],
        tables=[_table(merged)],
        findings={"C2": extremes, "C3": names, "C4": biases},
    )


def _extremes(held: dict[str, Figures]) -> Finding:
    worst = max(_number(value) for row in held.values() for value in row.values())
    return Finding(
        question="Is the new state wholly the candidate at an update gate of 0, wholly the old "
        "state at 1, and half of each at ½?",
        answer=(
            "With the update gate held at 0 the new state is the candidate, at 1 the old state, at "
            f"½ their mean: the largest difference in any unit is {worst:.1e}."
        ),
        figures={name: dict(row) for name, row in held.items()},
        supports="yes" if worst < np.finfo(np.float32).eps else "no",
        rule="yes if no unit differs by more than the rounding of a 32-bit number",
    )


def _names(named: dict[str, float]) -> Finding:
    worst = max(named.values())
    return Finding(
        question="Is the course's update gate the same gate by the other name?",
        answer=(
            "With u = 1 − z, from weights of the opposite sign, and h = u ⊙ n + (1 − u) ⊙ h, the "
            f"states are the same to {worst:.1e}."
        ),
        figures={name: {"largest_difference_of_states": value} for name, value in named.items()},
        supports="yes" if worst < _ROUNDING else "no",
        rule=f"yes if states differ by less than {_ROUNDING}, which is rounding",
    )


def _biases(merged: dict[str, dict[str, dict[str, float]]]) -> Finding:
    told = "; ".join(
        f"{name}: {row['candidate']['mean_change_of_logit']:.3f} on average, "
        f"{row['candidate']['verdicts_changed']:.1%} of verdicts"
        for name, row in merged.items()
    )
    harmless = max(
        row[gate]["largest_change_of_logit"] for row in merged.values() for gate in _GATES[:2]
    )
    error = min(row["candidate"]["largest_change_of_logit"] for row in merged.values())
    exact = harmless < _ROUNDING
    return Finding(
        question="Are the two biases of a gate interchangeable, and are those of the candidate?",
        answer=(
            "Merging the biases of the reset and of the update gate changes no logit by more than "
            f"{harmless:.1e}; merging b_hn into b_in changes the logit ({told})."
        ),
        figures={name: {gate: dict(row[gate]) for gate in _GATES} for name, row in merged.items()},
        supports="yes" if exact and error > _ROUNDING else "partly" if exact else "no",
        rule=(
            f"yes if merging changes no logit beyond rounding ({_ROUNDING}) for the gates, and "
            "does for the candidate of every model; partly if only the former"
        ),
    )


def merge_biases(parameters: GRUParameters, gate: str) -> GRUParameters:
    """Add b_h of one block of rows to its b_i, and put b_h at 0."""
    block = np.arange(3 * parameters.hidden_size) // parameters.hidden_size  # (3H,)
    here = block == _GATES.index(gate)  # (3H,)
    bias_ih = np.where(here, parameters.bias_ih + parameters.bias_hh, parameters.bias_ih)
    bias_hh = np.where(here, 0, parameters.bias_hh).astype(parameters.bias_hh.dtype)
    return replace(parameters, bias_ih=bias_ih, bias_hh=bias_hh)


def _merge_biases(weights: NetworkWeights, ids: Ids) -> dict[str, dict[str, float]]:
    plain = Recurrence(weights).logits(ids)  # (N,)
    changed = {}
    for gate in _GATES:
        merged = replace(weights, gru=merge_biases(weights.gru, gate))
        logits = Recurrence(merged).logits(ids)  # (N,)
        changed[gate] = {
            "mean_change_of_logit": float(np.abs(logits - plain).mean()),
            "largest_change_of_logit": float(np.abs(logits - plain).max()),
            "verdicts_changed": float(((logits > 0) != (plain > 0)).mean()),
        }
    return changed


def course_states(
    embedded: Float[np.ndarray, "T E"], parameters: GRUParameters
) -> Float[np.ndarray, "T H"]:
    """Run the course's form: its update gate u has the opposite weights, and 1 takes n."""
    size = parameters.hidden_size
    turned = slice(size, 2 * size)
    weight_ih, weight_hh, bias_ih, bias_hh = (
        array.copy()
        for array in (
            parameters.weight_ih,
            parameters.weight_hh,
            parameters.bias_ih,
            parameters.bias_hh,
        )
    )
    for array in (weight_ih, weight_hh, bias_ih, bias_hh):
        array[turned] *= -1
    hidden = np.zeros(size, dtype=embedded.dtype)  # (H,)
    states = []
    for word in embedded:
        from_word = weight_ih @ word + bias_ih  # (3H,)
        from_state = weight_hh @ hidden + bias_hh  # (3H,)
        u = sigmoid(from_word[turned] + from_state[turned])  # (H,)
        r = sigmoid(from_word[:size] + from_state[:size])  # (H,)
        n = np.tanh(from_word[2 * size :] + r * from_state[2 * size :])  # (H,)
        hidden = u * n + (1 - u) * hidden  # (H,)
        states.append(hidden)
    return np.stack(states)


def _both_names(weights: NetworkWeights, ids: Int32[np.ndarray, " T"]) -> float:
    ours = Recurrence(weights).trace(ids).hidden  # (T, H)
    return float(np.abs(course_states(weights.embedding[ids], weights.gru) - ours).max())


def _held_updates(predictor: Predictor, ids: Int32[np.ndarray, " T"]) -> Figures:
    """Hold z at 0, 1 and ½ at one step in the middle of a review."""
    weights = predictor.artifact.weights
    middle = max(len(ids) // 2, 1)
    before = Recurrence(weights).trace(ids[:middle]).hidden[-1]  # (H,)
    differences: Figures = {}
    for value in (0.0, 1.0, 0.5):
        gate = np.full_like(before, value)  # (H,)
        word = weights.embedding[ids[middle - 1]]
        step = gru_step(word, before, weights.gru, update_gate=gate)
        expected = {0.0: step.candidate, 1.0: before, 0.5: (step.candidate + before) / 2}[value]
        differences[f"update_at_{value:g}"] = float(np.abs(step.hidden - expected).max())
    return differences


def _number(value: object) -> float:
    if not isinstance(value, float):
        raise TypeError(f"{value!r} is not a number.")
    return value


def _table(merged: dict[str, dict[str, dict[str, float]]]) -> Table:
    return Table(
        title="What changes when the two biases of a gate are merged",
        header=["model", "gate", "mean change of the logit", "largest", "verdicts changed"],
        rows=[
            [
                name,
                gate,
                f"{row[gate]['mean_change_of_logit']:.1e}",
                f"{row[gate]['largest_change_of_logit']:.1e}",
                f"{row[gate]['verdicts_changed']:.1%}",
            ]
            for name, row in merged.items()
            for gate in _GATES
        ],
    )


EXPERIMENT = Experiment(NAME, ("C2", "C3", "C4"), no_jobs, _run)
