"""Which account of a prediction to show first: top tokens, faithfulness and cost.

    python -m benchmarks.attribution_top --source packaged --json docs/figures/attribution_top.json

The texts are from the validation split of the model. Times are processor times, on one thread.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from jaxtyping import Float64
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from benchmarks.report import (
    Report,
    add_text_options,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.reviews import review_of_length
from gatewise.models.explain.account import account_for
from gatewise.models.explain.attribution import attributed_run, token_attributions
from gatewise.models.explain.faithfulness import Faithfulness, mean_faithfulness, measure
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.explain.phrases import is_punctuation
from gatewise.models.explain.without import READ, logits_without, single_tokens
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import Encoding
from gatewise.training.analysis.explainer_metrics import draw_texts
from gatewise.training.data.repeated_texts import repeat_texts

TOKENS = 230
_READS = (4, READ, 16)
_MIXED = 0.25  # share of the deletions in the mixture
_REPEATS = 9

Scores = Float64[np.ndarray, " T"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.attribution_top", __doc__)
    add_text_options(parser)
    parser.add_argument("--reviews", type=int, default=300, help="reviews whose top is counted")
    parser.add_argument("--measured", type=int, default=60, help="reviews that are deleted from")
    parser.add_argument("--snippets", type=int, default=200, help="snippets likewise")
    options = parser.parse_args(arguments)
    predictor = Predictor.load(options.model, threads=1)
    recurrence = Recurrence(predictor.artifact.weights, threads=1)
    texts = draw_texts(
        repeat_texts(predictor, options.source, add=options.add).split.validation,
        reviews=options.reviews,
        snippets=options.snippets,
        seed=0,
    )
    encodings = predictor.encode([text for _, text in texts])
    reviews, snippets = encodings[: options.reviews], encodings[options.reviews :]
    figures = {
        "reviews": len(reviews),
        "top": top_counts(predictor, reviews),
        "faithfulness": {
            "reviews": mean_measures(predictor, recurrence, reviews[: options.measured]),
            "snippets": mean_measures(predictor, recurrence, snippets),
        },
        "measured": {"reviews": options.measured, "snippets": len(snippets)},
        "cost": costs(predictor, recurrence),
    }
    command, title = command_line(parser, arguments), model_title(predictor.artifact)
    Report(command, [title], figures, lines_of(figures)).publish(options.json)


def top_counts(predictor: Predictor, encodings: Sequence[Encoding]) -> dict[str, dict[str, int]]:
    """Count the texts whose top token is punctuation or a stop word, for each account.

    "words by attribution" is what lists of words show: punctuation is left to its clause.
    """
    counts = {
        name: {"punctuation": 0, "stop_word": 0}
        for name in ("decomposition", "attribution", "words by attribution")
    }
    for encoding in encodings:
        explanation = predictor.explain_encoded(encoding)
        attribution = np.abs(predictor.attribution(explanation).total)  # (T,)
        words = [encoding.read_word(place).lower() for place in range(len(encoding))]
        is_word = np.array([not is_punctuation(word) for word in words])  # (T,)
        scores = {
            "decomposition": np.abs(explanation.decomposition.total),
            "attribution": attribution,
            "words by attribution": np.where(is_word, attribution, -1.0),
        }
        for name, values in scores.items():
            top = words[int(np.argmax(values))]
            counts[name]["punctuation"] += is_punctuation(top)
            counts[name]["stop_word"] += top in ENGLISH_STOP_WORDS
    return counts


def mean_measures(
    predictor: Predictor, recurrence: Recurrence, encodings: Sequence[Encoding]
) -> dict[str, dict[str, float]]:
    """Measure how faithful each account is, on average over texts."""
    measured: dict[str, list[Faithfulness]] = {}
    for encoding in encodings:
        effects = leave_one_out(recurrence, encoding.ids)  # (T,)
        ranked = rankings(predictor, recurrence, encoding, effects)
        found = measure(recurrence, encoding.ids, list(ranked.values()), effects=effects)
        for name, metrics in zip(ranked, found, strict=True):
            measured.setdefault(name, []).append(metrics)
    return {
        name: {key: round(value, 4) for key, value in asdict(mean_faithfulness(metrics)).items()}
        for name, metrics in measured.items()
    }


def rankings(
    predictor: Predictor, recurrence: Recurrence, encoding: Encoding, effects: Scores
) -> Mapping[str, Scores]:
    """Return the scores of the tokens by each account.

    Args:
        predictor: The model.
        recurrence: Its network.
        encoding: The text.
        effects: Its leave-one-out.
    """
    explanation = predictor.explain_encoded(encoding)
    hidden, logit = explanation.trace.hidden, explanation.decomposition.logit
    run, tokens = attributed_run(recurrence, encoding.ids), single_tokens(len(encoding))
    falls = {
        read: logit
        - logits_without(recurrence, encoding.ids, hidden, run.gradient, tokens, read=read)
        for read in _READS
    }
    return {
        "decomposition": explanation.decomposition.total,
        "attribution": run.total,
        **{f"without, {read} tokens read": fall for read, fall in falls.items()},
        "¾ attribution + ¼ without": (1 - _MIXED) * run.total + _MIXED * falls[READ],
        "leave-one-out": effects,
    }


def costs(predictor: Predictor, recurrence: Recurrence) -> dict[str, float]:
    """Measure processor times for one text, in milliseconds."""
    (encoding,) = predictor.encode([review_of_length(predictor, TOKENS)])
    explanation = predictor.explain_encoded(encoding)
    ids, hidden = encoding.ids, explanation.trace.hidden
    gradient = attributed_run(recurrence, ids).gradient
    tokens = single_tokens(len(ids))
    return {
        "tokens": TOKENS,
        "predict": _milliseconds(lambda: recurrence.logits([ids])),
        "attribution": _milliseconds(lambda: token_attributions(recurrence, ids)),
        **{
            f"without, {read} tokens read": _milliseconds(
                lambda read=read: logits_without(  # type: ignore[misc]
                    recurrence, ids, hidden, gradient, tokens, read=read
                )
            )
            for read in _READS
        },
        "account": _milliseconds(
            lambda: account_for(recurrence, encoding, hidden, explanation.decomposition)
        ),
        "leave-one-out": _milliseconds(lambda: leave_one_out(recurrence, ids)),
    }


def _milliseconds(call: Callable[[], object]) -> float:
    """Return the median processor time of a call, after one that compiles the code."""
    call()
    times = []
    for _ in range(_REPEATS):
        started = time.process_time()
        call()
        times.append(1e3 * (time.process_time() - started))
    return round(statistics.median(times), 1)


def lines_of(figures: dict[str, Any]) -> list[str]:
    """Render the figures as tables."""
    top = [
        [name, found["punctuation"], found["stop_word"]] for name, found in figures["top"].items()
    ]
    lines = [
        f"Top token of {figures['reviews']} reviews:",
        "",
        *markdown_table(["ranked by", "punctuation", "stop word"], top),
    ]
    for kind, accounts in figures["faithfulness"].items():
        rows = [
            [name, *(f"{value:.3f}" for value in found.values())]
            for name, found in accounts.items()
        ]
        titles = ["account", "comprehensiveness", "sufficiency", "τ with leave-one-out"]
        heading = f"{figures['measured'][kind]} {kind}:"
        lines += ["", heading, "", *markdown_table(titles, rows)]
    cost = dict(figures["cost"])
    tokens, predict = cost.pop("tokens"), cost["predict"]
    rows = [[name, f"{ms:.1f}", f"{ms / predict:.1f}"] for name, ms in cost.items()]
    titles = ["computation", "ms", "× predict"]
    return [*lines, "", f"Cost for {tokens} tokens:", "", *markdown_table(titles, rows)]


if __name__ == "__main__":
    main()
