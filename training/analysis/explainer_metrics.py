"""Measures how faithful and how fast our explanations and those of other packages are."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from datasets import Dataset
from tqdm import tqdm

from gatewise.models.errors import DataError
from gatewise.models.explain.faithfulness import (
    RANDOM_RANKINGS,
    Faithfulness,
    kendall_tau,
    mean_faithfulness,
    measure,
    random_scores,
)
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import Encoding
from gatewise.training.analysis.explainers import INTEGRATED_GRADIENTS, Explainer
from gatewise.training.markdown import markdown_table

RANDOM = "random"
_SNIPPETS = "rotten_tomatoes"


@dataclass(frozen=True)
class Figures:
    """The figures of one explainer on one text, or their means.

    Attributes:
        comprehensiveness: As in `gatewise.models.explain.faithfulness`.
        sufficiency: As there.
        agreement: As there.
        agreement_of_size: Kendall's τ-b between the absolute scores and those of leave-one-out,
            which Jain & Wallace 2019 (arXiv 1902.10186) measured.
        milliseconds: Time to explain the text; None for random scores.
    """

    comprehensiveness: float
    sufficiency: float
    agreement: float
    agreement_of_size: float
    milliseconds: float | None


@dataclass(frozen=True)
class TextFigures:
    """One text: its kind, its number of tokens, and the figures of every explainer."""

    kind: str
    tokens: int
    explainers: Mapping[str, Figures]


def draw_texts(
    validation: Dataset, *, reviews: int, snippets: int, seed: int
) -> list[tuple[str, str]]:
    """Draw texts at random.

    Args:
        validation: Texts to draw from, with the columns text and source.
        reviews: Number of reviews.
        snippets: Number of snippets.
        seed: Seed of the draw.

    Returns:
        Pairs of kind and text, first the reviews, then the snippets.

    Raises:
        DataError: There are fewer than requested.
    """
    is_snippet = np.array(validation["source"][:]) == _SNIPPETS  # (N,)
    generator = np.random.default_rng(seed)
    drawn = []
    for kind, count, rows in (
        ("reviews", reviews, np.flatnonzero(~is_snippet)),
        ("snippets", snippets, np.flatnonzero(is_snippet)),
    ):
        if count > len(rows):
            raise DataError(
                f"{count} {kind} are requested, but the validation split has {len(rows)}. Request "
                f"fewer with --{kind}."
            )
        chosen = generator.permutation(rows)[:count]
        drawn += [(kind, str(validation[int(row)]["text"])) for row in chosen]
    return drawn


def compare(
    predictor: Predictor,
    recurrence: Recurrence,
    explainers: Mapping[str, Explainer],
    texts: Sequence[tuple[str, str]],
    *,
    seed: int,
    done: int = 0,
) -> Iterator[TextFigures]:
    """Explain every text with every explainer, and measure the explanations.

    Args:
        predictor: The model, for its tokenizer.
        recurrence: The network that is explained.
        explainers: The explainers, by name.
        texts: Pairs of kind and text.
        seed: Seed of the random rankings.
        done: Number of texts that were measured before and are left out.

    Yields:
        The figures of each text, in order.
    """
    encodings = predictor.encode([text for _, text in texts])
    for explain in explainers.values():
        explain(encodings[-1].ids[:8])  # the first call is slower: it loads and compiles
    lengths = [len(encoding) for encoding in encodings]
    with tqdm(total=sum(lengths), initial=sum(lengths[:done]), desc="compare", unit="token") as bar:
        for number in range(done, len(texts)):
            measured = _measure(recurrence, explainers, encodings[number], seed=seed + number)
            yield TextFigures(texts[number][0], lengths[number], measured)
            bar.update(lengths[number])


def summarize(figures: Sequence[TextFigures]) -> dict[str, dict[str, Figures]]:
    """Return the mean figures of every explainer, by kind of text."""
    kinds = list(dict.fromkeys(text.kind for text in figures))
    return {
        kind: {
            name: _mean([text.explainers[name] for text in figures if text.kind == kind])
            for name in figures[0].explainers
        }
        for kind in kinds
    }


def table(summary: Mapping[str, Mapping[str, Figures]], counts: Mapping[str, int]) -> str:
    """Return mean figures as Markdown tables, best comprehensiveness first.

    Args:
        summary: Mean figures by kind of text and explainer.
        counts: Number of texts of each kind.
    """
    tables = []
    for kind, rows in summary.items():
        gradients = rows.get(INTEGRATED_GRADIENTS)
        reference = gradients.milliseconds if gradients else None
        header = [
            f"{counts[kind]} {kind}",
            *("comprehensiveness ↑", "sufficiency ↓", "τ ↑", "τ of sizes ↑"),
            *("ms a text", "of IG's time"),
        ]
        best_first = sorted(rows.items(), key=lambda entry: -entry[1].comprehensiveness)
        cells = [
            [
                name,
                f"{row.comprehensiveness:.4f}",
                f"{row.sufficiency:.4f}",
                f"{row.agreement:.3f}",
                f"{row.agreement_of_size:.3f}",
                _time(row.milliseconds),
                _ratio(row.milliseconds, reference),
            ]
            for name, row in best_first
        ]
        tables.append(markdown_table(header, cells) + "\n")
    return "\n".join(tables)


def _measure(
    recurrence: Recurrence, explainers: Mapping[str, Explainer], encoding: Encoding, *, seed: int
) -> dict[str, Figures]:
    ids, scores, milliseconds = encoding.ids, [], []
    for explain in explainers.values():
        started = time.perf_counter()
        scores.append(explain(ids))
        milliseconds.append(1000 * (time.perf_counter() - started))
    scores += list(random_scores(len(ids), RANDOM_RANKINGS, seed=seed))
    effects = leave_one_out(recurrence, ids)  # (T,)
    faithful = measure(recurrence, ids, scores, effects=effects)
    of_size = [kendall_tau(np.abs(ranking), np.abs(effects)) for ranking in scores]
    count = len(explainers)
    columns = zip(explainers, faithful[:count], of_size[:count], milliseconds, strict=True)
    rows = {name: _figures(entry, sizes, spent) for name, entry, sizes, spent in columns}
    random = mean_faithfulness(faithful[count:])
    return rows | {RANDOM: _figures(random, float(np.mean(of_size[count:])), None)}


def _figures(faithful: Faithfulness, of_size: float, milliseconds: float | None) -> Figures:
    return Figures(**asdict(faithful), agreement_of_size=of_size, milliseconds=milliseconds)


def _mean(rows: Sequence[Figures]) -> Figures:
    faithful = mean_faithfulness(
        [Faithfulness(row.comprehensiveness, row.sufficiency, row.agreement) for row in rows]
    )
    times = [row.milliseconds for row in rows if row.milliseconds is not None]
    of_size = float(np.mean([row.agreement_of_size for row in rows]))
    return _figures(faithful, of_size, float(np.mean(times)) if times else None)


def _time(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:,.1f}"


def _ratio(milliseconds: float | None, reference: float | None) -> str:
    if milliseconds is None or reference is None:
        return ""
    share = milliseconds / reference
    return f"{share:.1f} ×" if share >= 1 else f"1/{1 / share:.0f}"
