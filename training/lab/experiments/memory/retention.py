"""C10: whether the opinion of an opening sentence survives a long plot."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float32, Float64, Int32
from pydantic import JsonValue

from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.training.data.batches import pad
from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.measures import trace_of
from gatewise.training.lab.experiments.memory.openings import (
    LENGTHS,
    OpeningTexts,
    opening_texts,
    standing_share,
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
# Half-way between always correct and chance.
_FORGOTTEN = 0.75


Row = dict[int, list[float]]  # by plot length, a value for each training


def _runs(workspace: Workspace) -> list[TrainingRun]:
    return workspace.text_runs("reviews", _NETS)


def _measure(workspace: Workspace) -> dict[str, Finding]:
    count = workspace.options.story_texts
    texts = opening_texts(workspace.tokenizer, story_texts=count)
    accuracy: dict[str, Row] = {}
    kept: dict[str, Row] = {}
    for name in _NETS:
        nets = workspace.trained("reviews", name)
        accuracy[name] = _accuracy([_running_logits(net, texts) for net in nets], texts)
        if name in _GATED:
            kept[name] = _by_length([_kept_by(net, texts) for net in nets])
    for name, predictor in workspace.models.items():
        own = opening_texts(predictor.artifact.tokenizer, story_texts=count)
        accuracy[name] = _accuracy([_running_logits_of(predictor, own)], own)
    return {"C10": _finding(accuracy, kept)}


def _finding(accuracy: dict[str, Row], kept: dict[str, Row]) -> Finding:
    means = {name: _estimates(row) for name, row in accuracy.items()}
    forgotten = {name: _first_below(row, _FORGOTTEN) for name, row in means.items()}
    lead = {length: paired(accuracy[GRU][length], accuracy[ELMAN][length]) for length in LENGTHS}
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


@torch.no_grad()
def _running_logits(net: LabNet, texts: OpeningTexts) -> Float64[np.ndarray, "N T"]:
    return net(pad(texts.texts)).double().numpy()


def _running_logits_of(predictor: Predictor, texts: OpeningTexts) -> Float64[np.ndarray, "N T"]:
    """Compute the running logits of a shipped model; zeros follow those of a shorter text."""
    weights = predictor.artifact.weights
    recurrence, rows = Recurrence(weights), texts.texts
    running = np.zeros((len(rows), max(map(len, rows))))  # (N, T)
    for row, ids in enumerate(rows):
        running[row, : len(ids)] = recurrence.states(ids) @ weights.head_weight + weights.head_bias
    return running


def _accuracy(runs: list[Float64[np.ndarray, "N T"]], texts: OpeningTexts) -> Row:
    """Compute the share of texts whose running prediction is still the opening's label."""
    plots = len(texts.plots)
    ends = np.tile([len(ids) for ids in texts.openings], plots)  # (N,)
    positive: Bool[np.ndarray, " N"] = np.tile(texts.positive, plots)
    rows = np.arange(len(ends))  # (N,)
    return {
        length: [float(((run[rows, ends + length - 1] > 0) == positive).mean()) for run in runs]
        for length in LENGTHS
    }


def _kept_by(net: LabNet, texts: OpeningTexts) -> dict[int, float]:
    """Compute the share of the state after an opening that is left standing, over the openings."""
    head = net.head.weight.detach().float().numpy()[0]  # (H,)
    rows = [_kept_of(net, opening, texts.plots[0], head) for opening in texts.openings]
    return {length: float(np.mean([row[length] for row in rows])) for length in LENGTHS}


def _kept_of(
    net: LabNet,
    opening: Int32[np.ndarray, " _"],
    plot: Int32[np.ndarray, " _"],
    head: Float32[np.ndarray, " H"],
) -> dict[int, float]:
    trace, end = trace_of(net, np.concatenate([opening, plot])), len(opening)
    return standing_share(
        trace.update_gate[end:].astype(float), (head * trace.hidden[end - 1]).astype(float)
    )


def _by_length(shares: Sequence[dict[int, float]]) -> Row:
    return {length: [row[length] for row in shares] for length in LENGTHS}


def _estimates(row: Row) -> dict[int, Estimate]:
    return {length: mean_share(values) for length, values in row.items()}


def _first_below(row: dict[int, Estimate], limit: float) -> int | None:
    return next((length for length, value in row.items() if value.mean < limit), None)


def _dump(row: dict[int, Estimate]) -> dict[str, JsonValue]:
    return {str(length): value.model_dump() for length, value in row.items()}


EXPERIMENT = Experiment("retention", ("C10",), _runs, _measure)
