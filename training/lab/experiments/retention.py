"""C10: whether the opinion of an opening sentence survives a long plot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Float64, Int32, Int64
from pydantic import JsonValue

from gatewise.models.explain.decomposition import Decomposition, decompose
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.data.batches import pad
from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.measures import decomposition_of, trace_of
from gatewise.training.lab.experiments.stories import (
    NEGATIVE_OPENINGS,
    POSITIVE_OPENINGS,
    plot_of,
)
from gatewise.training.lab.nets.architectures import (
    CHRONO,
    ELMAN,
    GRU,
    LSTM,
    WITHOUT_RESET,
    LabNet,
)
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, mean_share, paired
from gatewise.training.lab.report.records import Finding, Supports

_NETS = [ELMAN, GRU, CHRONO, LSTM, WITHOUT_RESET]
_GATED = [GRU, CHRONO, WITHOUT_RESET]
_LENGTHS = (0, 5, 10, 25, 50, 100, 200, 400, 800)
_MOST_PLOTS = 6
_SEED = 4
# Half-way between always correct and chance.
_FORGOTTEN = 0.75


@dataclass(frozen=True)
class OpeningTexts:
    """Every plot after every opening sentence, and the number of tokens of the opening."""

    ids: list[Int32[np.ndarray, " _"]]
    positive: Float64[np.ndarray, " N"]
    openings: Int64[np.ndarray, " N"]


Row = dict[int, list[float]]  # by plot length, a value for each training


def _runs(workspace: Workspace) -> list[TrainingRun]:
    return workspace.text_runs("reviews", _NETS)


def _measure(workspace: Workspace) -> dict[str, Finding]:
    texts = _texts(workspace, workspace.tokenizer)
    accuracy: dict[str, Row] = {}
    kept: dict[str, Row] = {}
    for name in _NETS:
        nets = workspace.trained("reviews", name)
        accuracy[name] = _accuracy([_running_logits(net, texts) for net in nets], texts)
        if name in _GATED:
            kept[name] = _by_length([_kept_by(net, texts) for net in nets])
    for name, predictor in workspace.models.items():
        accuracy[name], kept[name] = _shipped(workspace, predictor)
    return {"C10": _finding(accuracy, kept)}


def _finding(accuracy: dict[str, Row], kept: dict[str, Row]) -> Finding:
    means = {name: _estimates(row) for name, row in accuracy.items()}
    forgotten = {name: _first_below(row, _FORGOTTEN) for name, row in means.items()}
    lead = {length: paired(accuracy[GRU][length], accuracy[ELMAN][length]) for length in _LENGTHS}
    largest = max(lead.values(), key=lambda value: value.mean)
    return Finding(
        question='A review opens "I love this movie so much" and then tells its plot: does an RNN '
        "wash the opening out, and can a GRU's update gate keep it?",
        rule="yes if at the length with its largest lead the GRU is ahead of the Elman net by an "
        f"interval above 0, the Elman net falls below {_FORGOTTEN:.0%} and the GRU later or never; "
        "partly if the GRU is ahead on average; else no",
        supports=supports_retention(largest, forgotten),
        values={
            "accuracy_by_tokens_of_plot": {name: _dump(row) for name, row in means.items()},
            "kept_share": {name: _dump(_estimates(row)) for name, row in kept.items()},
            "first_length_below_three_quarters": dict(forgotten),
            "gru_minus_elman": _dump(lead),
        },
    )


def supports_retention(lead: Estimate, forgotten: Mapping[str, int | None]) -> Supports:
    """Apply the rule of C10.

    Args:
        lead: Largest difference of accuracy between GRU and Elman net.
        forgotten: The first length at which each net falls below three quarters, or None.
    """
    elman, gru = forgotten[ELMAN], forgotten[GRU]
    outlasts = elman is not None and (gru is None or gru > elman)
    if lead.above_zero and outlasts:
        return "yes"
    return "partly" if lead.mean > 0 else "no"


def _texts(workspace: Workspace, tokenizer: WordTokenizer) -> OpeningTexts:
    """Build texts with the longest plot: running logits inside them serve for the shorter ones."""
    generator = np.random.default_rng(_SEED)
    count = min(_MOST_PLOTS, max(1, workspace.options.story_texts // 60))
    plots = [plot_of(_LENGTHS[-1], generator) for _ in range(count)]
    ids, positive, openings = [], [], []
    for label, sentences in ((1.0, POSITIVE_OPENINGS), (0.0, NEGATIVE_OPENINGS)):
        for sentence in sentences:
            size = len(tokenizer.encode(sentence))
            for plot in plots:
                ids.append(tokenizer.encode(f"{sentence} {plot}").ids[: size + _LENGTHS[-1]])
                positive.append(label)
                openings.append(size)
    return OpeningTexts(ids, np.array(positive), np.array(openings))


@torch.no_grad()
def _running_logits(net: LabNet, texts: OpeningTexts) -> Float64[np.ndarray, "N T"]:
    return net(pad(texts.ids)).double().numpy()


def _kept_by(net: LabNet, texts: OpeningTexts) -> dict[int, float]:
    return _kept(texts, trace_of(net, texts.ids[0]), lambda trace: decomposition_of(net, trace))


def _shipped(workspace: Workspace, predictor: Predictor) -> tuple[Row, Row]:
    """Measure accuracy and kept share of a shipped model, with its own tokenizer."""
    artifact = predictor.artifact
    texts, weights = _texts(workspace, artifact.tokenizer), artifact.weights
    recurrence = Recurrence(weights)
    running = np.zeros((len(texts.ids), max(map(len, texts.ids))))  # (N, T)
    for row, ids in enumerate(texts.ids):
        hidden = recurrence.trace(ids).hidden  # (T, H)
        running[row, : len(ids)] = hidden @ weights.head_weight + weights.head_bias
    kept = _kept(
        texts,
        recurrence.trace(texts.ids[0]),
        lambda trace: decompose(trace, weights.head_weight, weights.head_bias),
    )
    return _accuracy([running], texts), _by_length([kept])


def _accuracy(runs: list[Float64[np.ndarray, "N T"]], texts: OpeningTexts) -> Row:
    """Compute the share of texts whose running prediction is still the opening's label."""
    rows = np.arange(len(texts.ids))  # (N,)
    return {
        length: [
            float(((run[rows, texts.openings + length - 1] > 0) == (texts.positive == 1)).mean())
            for run in runs
        ]
        for length in _LENGTHS
    }


def _kept(
    texts: OpeningTexts, trace: GateTrace, decomposition: Callable[[GateTrace], Decomposition]
) -> dict[int, float]:
    """Compute the mean share of the first opening's tokens that the update gates have kept."""
    opening = int(texts.openings[0])
    return {
        length: float(decomposition(_head(trace, opening + length)).kept_share[:opening].mean())
        for length in _LENGTHS
    }


def _head(trace: GateTrace, tokens: int) -> GateTrace:
    return GateTrace(**{field.name: getattr(trace, field.name)[:tokens] for field in fields(trace)})


def _by_length(shares: list[dict[int, float]]) -> Row:
    return {length: [row[length] for row in shares] for length in _LENGTHS}


def _estimates(row: Row) -> dict[int, Estimate]:
    return {length: mean_share(values) for length, values in row.items()}


def _first_below(row: dict[int, Estimate], limit: float) -> int | None:
    return next((length for length, value in row.items() if value.mean < limit), None)


def _dump(row: dict[int, Estimate]) -> dict[str, JsonValue]:
    return {str(length): value.model_dump() for length, value in row.items()}


EXPERIMENT = Experiment("retention", ("C10",), _runs, _measure)
