"""Whole classifiers, from text to verdict, on the same held-out reviews.

Each runs in a process of its own, so that its peak memory is its own. Those that learn are trained
on what our model was trained on; DistilBERT has random weights, as its speed is the same, and
reads as many word ids as the review has words, up to its limit of 512.
"""

import multiprocessing
import re
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from datasets import Dataset

from models import Predictor
from models.errors import DataError
from models.predictor import releases
from tests.benchmarks.report import markdown_table
from training.evaluate import cut_again

BATCHES = (1, 32)
_ROUNDS = 3
_KILOBYTE = 1024
_PUNCTUATION = re.compile(r"([.!?,'/()\"])")

Judge = Callable[[Sequence[str]], Sequence[bool]]


@dataclass(frozen=True)
class Figures:
    """Reviews a second by batch size; accuracy where the classifier has one."""

    reviews_per_second: dict[int, float]
    reviews_read: int
    accuracy: float | None
    megabytes_resident: float
    megabytes_on_disk: float | None


@dataclass(frozen=True)
class Task:
    """What every classifier is given."""

    models: dict[str, Path]
    train: Dataset
    texts: list[str]
    labels: list[int]
    threads: int


def bench_classifiers(
    model: Path | None, *, source: str | None, count: int, threads: int
) -> dict[str, dict[str, Any]]:
    """Measure every classifier, one process after the other: ours are `model`, or all releases.

    The first of ours decides on which texts others learn.
    """
    paths = list(releases().values()) if model is None else [model]
    predictors = [Predictor.load(path) for path in paths]
    splits = [cut_again(predictor, source) for predictor in predictors]
    drawn = _draw([split.validation for split in splits], count)
    ours = {
        predictor.artifact.name: path for predictor, path in zip(predictors, paths, strict=True)
    }
    task = Task(ours, splits[0].train, list(drawn["text"]), list(drawn["label"]), threads)
    processes = multiprocessing.get_context("spawn")
    figures = {}
    for name in [*ours, *PEERS]:
        with processes.Pool(1) as pool:
            figures[name] = asdict(pool.apply(_measure, (name, task)))
    return figures


def _draw(validation: Sequence[Dataset], count: int) -> Dataset:
    """Draw reviews that all of our models have held out."""
    common = set.intersection(*(set(dataset["text"]) for dataset in validation))
    reviews = validation[0].filter(
        lambda text, source: text in common and source != "rotten_tomatoes",
        input_columns=["text", "source"],
    )
    if not len(reviews):
        raise DataError("Our models have held out no review in common: name one by --model.")
    chosen = np.random.default_rng(0).permutation(len(reviews))[:count]
    return reviews.select(sorted(chosen.tolist()))


def classifier_lines(figures: dict[str, dict[str, Any]]) -> list[str]:
    """Tabulate the classifiers, the first of them ours: the faster of its speeds is the measure."""
    first = next(iter(figures.values()))
    ours = max(first["reviews_per_second"].values())
    titles = [
        "classifier",
        "one by one",
        "32 at once",
        "x the first",
        "accuracy",
        "MB in memory",
        "on disk",
    ]
    rows: list[list[object]] = []
    for name, entry in figures.items():
        speeds, accuracy = entry["reviews_per_second"], entry["accuracy"]
        disk = entry["megabytes_on_disk"]
        rows.append(
            [
                name,
                *(f"{speeds[batch]:.1f}" for batch in BATCHES),
                f"{max(speeds.values()) / ours:.4f}",
                "" if accuracy is None else f"{accuracy:.1%}",
                f"{entry['megabytes_resident']:.0f}",
                "" if disk is None else f"{disk:.1f}",
            ]
        )
    reviews = first["reviews_read"]
    return [f"Reviews a second, of {reviews} held-out reviews.", "", *markdown_table(titles, rows)]


def _measure(name: str, task: Task) -> Figures:
    torch.set_num_threads(task.threads)
    load = _gatewise(task.models[name]) if name in task.models else PEERS[name]
    judge, disk, has_accuracy, share = load(task)
    texts = task.texts[: max(32, int(len(task.texts) * share))]
    judge(texts[:32])
    speeds = {batch: _speed(judge, texts, batch) for batch in BATCHES}
    accuracy = None
    if has_accuracy:
        verdicts = [verdict for text in texts for verdict in judge([text])]
        accuracy = float(np.mean(np.array(verdicts) == (np.array(task.labels[: len(texts)]) == 1)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTE
    return Figures(speeds, len(texts), accuracy, peak, disk)


def _speed(judge: Judge, texts: Sequence[str], batch: int) -> float:
    """Reviews a second, the best of a few rounds."""
    seconds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for start in range(0, len(texts), batch):
            judge(texts[start : start + batch])
        seconds.append(time.perf_counter() - started)
    return len(texts) / min(seconds)


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
    return sum(entry.stat().st_size for entry in files) / _KILOBYTE**2


# What a classifier answers: how it judges, its size on disk, whether its verdicts mean anything,
# and the share of the reviews that it is given time for.
_Loaded = tuple[Judge, float | None, bool, float]


def _gatewise(model: Path) -> Callable[[Task], _Loaded]:
    def load(task: Task) -> _Loaded:
        predictor = Predictor.load(model, threads=task.threads)

        def judge(texts: Sequence[str]) -> Sequence[bool]:
            return [prediction.logit > 0 for prediction in predictor.predict(texts)]

        return judge, _megabytes(model), True, 1.0

    return load


def _tfidf(task: Task) -> _Loaded:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000),
    ).fit(task.train["text"][:], task.train["label"][:])
    return lambda texts: list(pipeline.predict(texts) == 1), None, True, 1.0


def _fasttext(task: Task) -> _Loaded:
    import fasttext  # noqa: PLC0415

    with TemporaryDirectory() as directory:
        # It learns line by line in the order of the file, so the order must not give labels away.
        train = task.train.shuffle(seed=0)
        lines = [
            f"__label__{label} {_words(text)}"
            for text, label in zip(train["text"], train["label"], strict=True)
        ]
        path = Path(directory) / "train.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
        model = fasttext.train_supervised(
            str(path), wordNgrams=2, epoch=10, lr=1.0, verbose=0, thread=task.threads
        )
        model.save_model(str(Path(directory) / "model.bin"))
        size = _megabytes(Path(directory) / "model.bin")

    def judge(texts: Sequence[str]) -> Sequence[bool]:
        lines = [_words(text) + "\n" for text in texts]
        found, _ = model.f.multilinePredict(lines, 1, 0.0, "strict")
        return [labels[0] == "__label__1" for labels in found]

    return judge, size, True, 1.0


def _words(text: str) -> str:
    """Set punctuation apart, as fastText's own tutorial does."""
    return " ".join(_PUNCTUATION.sub(r" \1 ", text.lower()).split())


def _vader(_: Task) -> _Loaded:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415

    analyzer = SentimentIntensityAnalyzer()

    def judge(texts: Sequence[str]) -> Sequence[bool]:
        return [analyzer.polarity_scores(text)["compound"] > 0 for text in texts]

    return judge, None, True, 0.4


def _distilbert(dtype: torch.dtype) -> Callable[[Task], _Loaded]:
    def load(_: Task) -> _Loaded:
        from transformers import (  # noqa: PLC0415
            DistilBertConfig,
            DistilBertForSequenceClassification,
        )

        config = DistilBertConfig()
        model: torch.nn.Module = DistilBertForSequenceClassification(config)
        model = model.to(dtype).eval()
        limit = config.max_position_embeddings

        @torch.inference_mode()
        def judge(texts: Sequence[str]) -> Sequence[bool]:
            lengths = [min(limit, len(text.split())) for text in texts]
            mask = torch.zeros(len(texts), max(lengths), dtype=torch.long)  # (B, T)
            for row, length in enumerate(lengths):
                mask[row, :length] = 1
            logits = model(input_ids=mask * 2_000, attention_mask=mask).logits  # (B, 2)
            return (logits[:, 1] > logits[:, 0]).tolist()

        size = sum(p.numel() for p in model.parameters()) * 4 / _KILOBYTE**2
        return judge, size, False, 0.1

    return load


PEERS: dict[str, Callable[[Task], _Loaded]] = {
    "TF-IDF + logistic": _tfidf,
    "fastText": _fasttext,
    "VADER": _vader,
    "DistilBERT float32": _distilbert(torch.float32),
    "DistilBERT bfloat16": _distilbert(torch.bfloat16),
}
