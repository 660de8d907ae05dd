"""Warns of a model whose measured accuracy may be that of chance."""

from collections.abc import Mapping
from typing import Any

from gatewise.training.evaluation.metrics import ConfusionMatrix

# Below it, a network that starts without a trained model has too little to learn from.
_ENOUGH_TEXTS = 5_000


def chance_warnings(metrics: Mapping[str, Any], *, continued: bool) -> list[str]:
    """Compare the validation accuracy of a finished run with that of the more frequent label.

    Args:
        metrics: The metrics of the run, as they are stored.
        continued: Whether the network continues from a trained model.

    Returns:
        A sentence for each source whose interval of the accuracy includes chance, with advice.
    """
    warnings = []
    for source, figures in metrics["validation"].items():
        if "confusion" not in figures:  # a run that an older version finished
            continue
        chance = ConfusionMatrix(**figures["confusion"]).largest_share
        low, high = figures["interval"]
        if low <= chance:
            warnings.append(
                f"validation, {source}: the accuracy of {figures['accuracy']:.1%} ({low:.1%} to "
                f"{high:.1%}) may be chance: always predicting the more frequent label has "
                f"{chance:.1%}. {_advice(metrics['texts']['train'], continued=continued)}"
            )
    return warnings


def _advice(texts: int, *, continued: bool) -> str:
    if not continued and texts < _ENOUGH_TEXTS:
        return (
            f"{texts:,} texts are few for a network without a trained start: continue from a "
            "model, for example --init-from imdb-gru-512."
        )
    return "Check the labels, train longer (--epochs), or add labelled texts."
