"""Experiment 4: is "I love this movie so much" still there after the plot? C10."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int32, Int64

from models.ledger import Ledger, build_ledger
from models.predictor import Predictor
from models.recurrence import Recurrence
from models.tokenizer import WordTokenizer
from models.trace import GateTrace
from training.batches import pad
from training.lab.bench import Bench
from training.lab.estimates import Estimate, mean_share, paired
from training.lab.experiments.base import Experiment
from training.lab.jobs import Job
from training.lab.measures import ledger_of, trace_of
from training.lab.nets import CHRONO, ELMAN, GRU, LSTM, WITHOUT_RESET, Reader
from training.lab.records import Chart, Finding, Outcome, Series, Supports, Table
from training.lab.texts import NEGATIVE_OPENINGS, POSITIVE_OPENINGS, plot_of

NAME = "retention"
_NETS = [ELMAN, GRU, CHRONO, LSTM, WITHOUT_RESET]
_GATED = [GRU, CHRONO, WITHOUT_RESET]
_LENGTHS = (0, 5, 10, 25, 50, 100, 200, 400, 800)
_MOST_PLOTS = 6
_SEED = 4
# Half-way between always right and a coin.
_LOST = 0.75


@dataclass(frozen=True)
class Openings:
    """Every plot after every opening, and the number of tokens in the opening."""

    ids: list[Int32[np.ndarray, " _"]]
    positive: Float64[np.ndarray, " N"]
    openings: Int64[np.ndarray, " N"]


Row = dict[int, list[float]]  # by plot length, a value for each training


def _jobs(bench: Bench) -> list[Job]:
    return bench.jobs("reviews", _NETS)


def _texts(bench: Bench, tokenizer: WordTokenizer) -> Openings:
    """Follow every opening by the longest plots: shorter ones are where these have got to."""
    generator = np.random.default_rng(_SEED)
    plots = [plot_of(_LENGTHS[-1], generator) for _ in range(_plots(bench))]
    ids, positive, openings = [], [], []
    for sign, sentences in ((1.0, POSITIVE_OPENINGS), (0.0, NEGATIVE_OPENINGS)):
        for sentence in sentences:
            size = len(tokenizer.encode(sentence))
            for plot in plots:
                ids.append(tokenizer.encode(f"{sentence} {plot}").ids[: size + _LENGTHS[-1]])
                positive.append(sign)
                openings.append(size)
    return Openings(ids, np.array(positive), np.array(openings))


def _plots(bench: Bench) -> int:
    return min(_MOST_PLOTS, max(1, bench.options.story_texts // 60))


def _run(bench: Bench) -> Outcome:
    texts = _texts(bench, bench.tokenizer)
    accuracy: dict[str, Row] = {}
    kept: dict[str, Row] = {}
    for net in _NETS:
        readers = bench.trained("reviews", net)
        running = [_running(reader, texts) for reader in readers]
        accuracy[net] = _accuracy(running, texts)
        if net in _GATED:
            kept[net] = _by_length(
                [
                    _kept(texts, trace_of(reader, texts.ids[0]), _ledger(reader))
                    for reader in readers
                ]
            )
    for name, predictor in bench.models.items():
        running_logits, kept_shares = _shipped(bench, predictor)
        accuracy[name], kept[name] = running_logits, kept_shares
    return _outcome(accuracy, kept, plots=_plots(bench))


@torch.no_grad()
def _running(reader: Reader, texts: Openings) -> Float64[np.ndarray, "N T"]:
    return reader(pad(texts.ids)).double().numpy()


def _ledger(reader: Reader) -> Callable[[GateTrace], Ledger]:
    return lambda trace: ledger_of(reader, trace)


def _shipped(bench: Bench, predictor: Predictor) -> tuple[Row, Row]:
    """Answer accuracy and kept share of a shipped model, with its own tokenizer."""
    artifact = predictor.artifact
    texts, weights = _texts(bench, artifact.tokenizer), artifact.weights
    recurrence = Recurrence(weights)
    running = np.zeros((len(texts.ids), max(map(len, texts.ids))))  # (N, T)
    for row, ids in enumerate(texts.ids):
        hidden = recurrence.trace(ids).hidden  # (T, H)
        running[row, : len(ids)] = hidden @ weights.head_weight + weights.head_bias
    kept = _kept(
        texts,
        recurrence.trace(texts.ids[0]),
        lambda trace: build_ledger(trace, weights.head_weight, weights.head_bias),
    )
    return _accuracy([running], texts), _by_length([kept])


def _accuracy(runs: list[Float64[np.ndarray, "N T"]], texts: Openings) -> Row:
    """Ask after every length of plot whether the running verdict is still the opening's."""
    rows = np.arange(len(texts.ids))  # (N,)
    return {
        length: [
            float(((run[rows, texts.openings + length - 1] > 0) == (texts.positive == 1)).mean())
            for run in runs
        ]
        for length in _LENGTHS
    }


def _kept(
    texts: Openings, trace: GateTrace, ledger: Callable[[GateTrace], Ledger]
) -> dict[int, float]:
    """Answer what the update gates have kept of the first opening, on average over its tokens."""
    opening = int(texts.openings[0])
    return {
        length: float(ledger(_cut(trace, opening + length)).kept_share[:opening].mean())
        for length in _LENGTHS
    }


def _cut(trace: GateTrace, tokens: int) -> GateTrace:
    return GateTrace(**{field.name: getattr(trace, field.name)[:tokens] for field in fields(trace)})


def _by_length(shares: list[dict[int, float]]) -> Row:
    return {length: [row[length] for row in shares] for length in _LENGTHS}


def _estimates(rows: dict[str, Row]) -> dict[str, dict[int, Estimate]]:
    return {
        name: {length: mean_share(values) for length, values in row.items()}
        for name, row in rows.items()
    }


def _outcome(accuracy: dict[str, Row], kept: dict[str, Row], *, plots: int) -> Outcome:
    means, shares = _estimates(accuracy), _estimates(kept)
    lost = {name: _lost(row) for name, row in means.items()}
    # The length at which the two differ most is where the question is decided.
    lead = {length: paired(accuracy[GRU][length], accuracy[ELMAN][length]) for length in _LENGTHS}
    best = max(lead, key=lambda length: lead[length].mean)
    supports = _supports(lead[best], lost)
    answer = (
        f"After {best} tokens of plot the GRU still gives the opening's verdict in "
        f"{means[GRU][best].percent(0)} of texts and the Elman RNN in "
        f"{means[ELMAN][best].percent(0)}; below {_LOST:.0%} fall the Elman RNN "
        f"{_when(lost[ELMAN])}, the GRU {_when(lost[GRU])}, the GRU with chrono biases "
        f"{_when(lost[CHRONO])} and the LSTM {_when(lost[LSTM])}; "
        f"of what the opening wrote, the GRU's update gates keep "
        f"{shares[GRU][25].percent(0)} after 25 tokens and {shares[GRU][100].percent(2)} after 100."
    )
    figures: dict[str, Any] = {
        "accuracy_by_tokens_of_plot": _dumped(means),
        "kept_share_of_the_opening": _dumped(shares),
        "first_length_below_three_quarters": dict(lost),
        "gru_minus_elman": {str(length): value.model_dump() for length, value in lead.items()},
    }
    question = (
        'A review opens "I love this movie so much" and then tells its plot: does an RNN wash the '
        "opening out, and can a GRU's update gate keep it?"
    )
    return Outcome(
        name=NAME,
        title="Is the opening still there after the plot?",
        question=question,
        method=(
            f"{len(POSITIVE_OPENINGS)} praising and {len(NEGATIVE_OPENINGS)} damning openings are "
            f"each followed by {plots} mild plots, and after 0 to {_LENGTHS[-1]} tokens of plot "
            "the running verdict is compared with the opening. A coin would be right in half of "
            "them. The kept share is what the update gates have left standing of what the "
            "opening's tokens wrote into the state, weighed by the head, for one text."
        ),
        answer=answer,
        limits=(
            "Plots are made of 24 sentences in random order, and any of them may speak for one "
            "verdict to a given net. The kept share counts the direct path through the update "
            "gates alone: what was recalled and written anew does not count, and the Elman RNN, "
            "which has no such path, keeps nothing by this measure. Where the two nets differ most "
            "was not known beforehand, so the answer's length flatters the difference: all lengths "
            "are in the plot. The shipped models were "
            "trained on longer texts than the lab's nets, and once each: no interval."
        ),
        charts=[
            _chart("retention", "Running verdict is still the opening's", means, "share of texts"),
            _chart(
                "retention_kept",
                "Share of the opening that update gates have kept",
                shares,
                "kept share",
            ),
        ],
        tables=[
            Table(
                title="Texts in which the verdict is still the opening's, by tokens of plot",
                header=["net", *map(str, _LENGTHS)],
                rows=[
                    [name, *(f"{row[length].mean:.0%}" for length in _LENGTHS)]
                    for name, row in means.items()
                ],
            ),
            Table(
                title="Share of the opening kept, by tokens of plot",
                header=["net", *map(str, _LENGTHS)],
                rows=[
                    [name, *(f"{row[length].mean:.3f}" for length in _LENGTHS)]
                    for name, row in shares.items()
                ],
            ),
        ],
        findings={
            "C10": Finding(
                question=question,
                answer=answer,
                figures=figures,
                supports=supports,
                rule=(
                    "yes if at its best length the GRU is ahead of the Elman net by an interval "
                    "above 0, the Elman net falls below three quarters and the GRU later or "
                    "never; partly if the GRU is ahead on average; no if not"
                ),
            )
        },
    )


def _supports(lead: Estimate, lost: dict[str, int | None]) -> Supports:
    elman, gru = lost[ELMAN], lost[GRU]
    outlasts = elman is not None and (gru is None or gru > elman)
    if lead.above_zero and outlasts:
        return "yes"
    return "partly" if lead.mean > 0 else "no"


def _lost(row: dict[int, Estimate]) -> int | None:
    """Answer the first length at which the verdict is lost, or None."""
    return next((length for length, value in row.items() if value.mean < _LOST), None)


def _when(length: int | None) -> str:
    if length is None:
        return "never"
    return f"by {length} tokens" if length else "at once"


def _dumped(rows: dict[str, dict[int, Estimate]]) -> dict[str, Any]:
    return {
        name: {str(length): value.model_dump() for length, value in row.items()}
        for name, row in rows.items()
    }


def _chart(name: str, title: str, rows: dict[str, dict[int, Estimate]], y_title: str) -> Chart:
    """Draw against the logarithm of the length, and so without length 0."""
    lengths = [length for length in _LENGTHS if length]
    return Chart(
        name=name,
        title=title,
        kind="lines",
        x_title="tokens of plot after the opening",
        y_title=y_title,
        series=[
            Series.of(label, [float(length) for length in lengths], [row[n] for n in lengths])
            for label, row in rows.items()
        ],
        x_log=True,
        percent=True,
    )


EXPERIMENT = Experiment(NAME, ("C10",), _jobs, _run)
