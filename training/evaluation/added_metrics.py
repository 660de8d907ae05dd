"""Figures on held-out texts of added sources: decided ones, neutral ones, kinds and groups."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from datasets import Dataset
from jaxtyping import Bool, Float64

from gatewise.models.gru.equations import sigmoid
from gatewise.training.data.added_texts import NEUTRAL, AddedTexts
from gatewise.training.evaluation.metrics import (
    Metrics,
    expected_target_error,
    fit_temperature,
    measure,
)

# Texts of a group with equal targets may differ by this much in their probability.
_SAME = 0.1


@dataclass(frozen=True)
class AddedMetrics:
    """Figures on some texts of an added source.

    Attributes:
        n: Number of texts.
        decided: Figures on the texts that are positive or negative, or None if all are neutral.
        target_error: Mean gap between probability and target, over 15 bins of probability.
        neutral: Number of neutral texts.
        near_half: Share of the neutral texts with a probability from 0.4 to 0.6, or None.
        groups: Number of groups of texts that differ in one respect and have equal targets.
        moved: Share of these groups in which the probability differs by more than 0.1, or None.
    """

    n: int
    decided: Metrics | None
    target_error: float
    neutral: int
    near_half: float | None
    groups: int
    moved: float | None


@dataclass(frozen=True)
class AddedSourceMetrics(AddedMetrics):
    """Figures on the held-out texts of an added source.

    Attributes:
        by_kind: Figures by kind: `original` and `revised`, or the phenomenon.
    """

    by_kind: dict[str, AddedMetrics]


def measure_added(logits: Float64[np.ndarray, " N"], texts: AddedTexts) -> AddedSourceMetrics:
    """Measure predictions on the held-out texts of an added source.

    Args:
        logits: The logit of every text.
        texts: The texts.
    """
    kinds = np.array([row.kind for row in texts.rows])  # (N,)
    by_kind = {
        str(kind): _measure(logits, texts, kinds == kind) for kind in np.unique(kinds) if kind
    }
    everything = np.ones(len(texts), dtype=bool)  # (N,)
    return AddedSourceMetrics(**vars(_measure(logits, texts, everything)), by_kind=by_kind)


def calibrate(
    logits: Float64[np.ndarray, " N"],
    validation: Dataset,
    added_logits: Mapping[str, Float64[np.ndarray, " _"]],
    added: Mapping[str, AddedTexts],
) -> float:
    """Find the temperature on all held-out texts that have a label, each source weighted equally.

    Generated texts are left out: they are no sample of what people write.

    Args:
        logits: Logits of the validation texts.
        validation: Their labels and sources.
        added_logits: Logits of the held-out texts of added sources, by name.
        added: These texts.

    Returns:
        The temperature. Without added sources all validation texts have the same weight.
    """
    labels = np.asarray(validation["label"][:], dtype=np.float64)  # (N,)
    people = {name: texts for name, texts in added.items() if name != "augmented"}
    if not people:
        return fit_temperature(logits, labels)
    all_logits, all_labels = [logits], [labels]
    parts: list[str] = list(validation["source"])
    for name, texts in people.items():
        decided = ~texts.neutral  # (n,)
        all_logits.append(added_logits[name][decided])
        all_labels.append(texts.labels[decided].astype(np.float64))
        parts += [name] * int(decided.sum())
    _, part, counts = np.unique(parts, return_inverse=True, return_counts=True)
    return fit_temperature(
        np.concatenate(all_logits), np.concatenate(all_labels), weights=1 / counts[part]
    )


def _measure(
    logits: Float64[np.ndarray, " N"], texts: AddedTexts, chosen: Bool[np.ndarray, " N"]
) -> AddedMetrics:
    neutral = texts.neutral & chosen  # (N,)
    decided = ~texts.neutral & chosen  # (N,)
    probability = sigmoid(logits)  # (N,)
    near = (probability >= NEUTRAL[0]) & (probability <= NEUTRAL[1])  # (N,)
    spreads = _group_spreads(probability, texts, chosen)
    return AddedMetrics(
        n=int(chosen.sum()),
        decided=measure(logits[decided], texts.labels[decided]) if decided.any() else None,
        target_error=expected_target_error(logits[chosen], texts.targets[chosen]),
        neutral=int(neutral.sum()),
        near_half=float(near[neutral].mean()) if neutral.any() else None,
        groups=len(spreads),
        moved=float(np.mean([spread > _SAME for spread in spreads])) if spreads else None,
    )


def _group_spreads(
    probability: Float64[np.ndarray, " N"], texts: AddedTexts, chosen: Bool[np.ndarray, " N"]
) -> list[float]:
    """Return the largest difference of probabilities in every group whose targets are equal.

    Groups of texts without a kind, such as the phrases of a sentence, only share a side of the
    split, and are left out.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts.rows):
        if chosen[row] and text.group and text.kind:
            groups[text.group].append(row)
    return [
        float(np.ptp(probability[rows]))
        for rows in groups.values()
        if len(rows) > 1 and len({texts.rows[row].target for row in rows}) == 1
    ]
