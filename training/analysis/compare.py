"""The comparison of explainers as one function: draw texts, measure, store, resume."""

import logging
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import torch

from gatewise.models.errors import DataError
from gatewise.models.extras import install_command
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.training.analysis.comparison_file import Comparison, resume, save
from gatewise.training.analysis.explainer_metrics import compare, draw_texts
from gatewise.training.analysis.explainers import Explainer, explainers
from gatewise.training.analysis.model_id import model_id
from gatewise.training.data.repeated_texts import repeat_texts

log = logging.getLogger(__name__)


def compare_explainers(
    predictor: Predictor,
    *,
    reviews: int,
    snippets: int,
    source: str | None = None,
    add: Sequence[str] | None = None,
    skip: Sequence[str] = (),
    out: Path | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Comparison:
    """Compare our explanations with those of Captum, LIME and SHAP, on held-out texts.

    Args:
        predictor: The model that is explained.
        reviews: Number of reviews to draw from its validation split.
        snippets: Number of snippets to draw from its validation split.
        source: Another copy of the texts that the model was trained on.
        add: Other copies of the sources that the training added, which texts are not drawn from.
        skip: Names of explainers to leave out.
        out: File to write the comparison to after every text. If it holds a part of the same
            comparison, only the rest is measured.
        seed: Seed of the texts drawn, of random rankings, and of LIME and SHAP.
        threads: Number of threads of a computation: ours, PyTorch's, and the network that LIME
            and SHAP call.

    Returns:
        The figures of every text, and their averages.

    Raises:
        DataError: No text is requested, there are fewer texts than requested, the texts are not
            those of the model, or a name in `skip` is that of no explainer.
        ResumeError: The file holds another comparison.
    """
    if not reviews + snippets:
        raise DataError("There is nothing to compare on: request some --reviews or --snippets.")
    torch.set_num_threads(threads)
    recurrence = Recurrence(predictor.artifact.weights, threads=threads)
    chosen, missing = explainers(recurrence, seed=seed)
    _leave_out(chosen, skip)
    for package in missing:
        log.warning(
            "%s is left out, since it is not installed: %s", package, install_command("compare")
        )
    validation = repeat_texts(predictor, source, add=add).split.validation
    texts = draw_texts(validation, reviews=reviews, snippets=snippets, seed=seed)
    comparison = Comparison(
        model=model_id(predictor),
        request={
            "reviews": reviews,
            "snippets": snippets,
            "skip": list(skip),
            "seed": seed,
            "threads": threads,
            "texts": sha256(repr(texts).encode()).hexdigest()[:12],
        },
        missing=missing,
    )
    if out:
        comparison = resume(comparison, out)
    done = len(comparison.texts)
    for text in compare(predictor, recurrence, chosen, texts, seed=seed, done=done):
        comparison = comparison.with_text(text)
        if out:
            save(comparison, out)
    return comparison


def _leave_out(chosen: dict[str, Explainer], skip: Sequence[str]) -> None:
    """Remove explainers by name."""
    for name in skip:
        if chosen.pop(name, None) is None:
            raise DataError(f"There is no explainer {name!r}; there are {', '.join(chosen)}.")
