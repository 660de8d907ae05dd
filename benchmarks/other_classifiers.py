"""Classifiers of other libraries, for comparison.

Those that learn are trained on the texts of our model. DistilBERT has random weights, since its
speed is the same with any, and reads one token for each word, up to its limit of 512.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from datasets import Dataset

_PUNCTUATION = re.compile(r"([.!?,'/()\"])")

# Returns for each text whether it is positive.
Classify = Callable[[Sequence[str]], Sequence[bool]]


@dataclass(frozen=True)
class Classifier:
    """A classifier, ready to use.

    Attributes:
        classify: Classifies texts.
        megabytes_on_disk: Size of the stored model; None if it is not stored.
        trained: Whether its labels mean anything.
        share_of_reviews: Share of the reviews to measure, smaller for slow classifiers.
    """

    classify: Classify
    megabytes_on_disk: float | None
    trained: bool = True
    share_of_reviews: float = 1.0


# Loads or trains a classifier, given the texts to train on and the number of threads.
Load = Callable[[Dataset, int], Classifier]


def megabytes_on_disk(path: Path) -> float:
    """Compute the size of a file, or of all files in a directory, in MiB."""
    files = [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
    return sum(entry.stat().st_size for entry in files) / 2**20


def _tfidf(train: Dataset, _threads: int) -> Classifier:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000),
    ).fit(train["text"][:], train["label"][:])
    return Classifier(lambda texts: list(pipeline.predict(texts) == 1), None)


def _fasttext(train: Dataset, threads: int) -> Classifier:
    import fasttext  # noqa: PLC0415

    # It learns line by line in the order of the file, so the labels must be mixed.
    mixed = train.shuffle(seed=0)
    lines = [
        f"__label__{label} {_spaced_words(text)}"
        for text, label in zip(mixed["text"], mixed["label"], strict=True)
    ]
    with TemporaryDirectory() as directory:
        texts, stored = Path(directory) / "train.txt", Path(directory) / "model.bin"
        texts.write_text("\n".join(lines), encoding="utf-8")
        model = fasttext.train_supervised(
            str(texts), wordNgrams=2, epoch=10, lr=1.0, verbose=0, thread=threads
        )
        model.save_model(str(stored))
        size = megabytes_on_disk(stored)

    def classify(texts: Sequence[str]) -> Sequence[bool]:
        lines = [_spaced_words(text) + "\n" for text in texts]
        found, _ = model.f.multilinePredict(lines, 1, 0.0, "strict")
        return [labels[0] == "__label__1" for labels in found]

    return Classifier(classify, size)


def _spaced_words(text: str) -> str:
    """Put spaces around punctuation, as fastText's tutorial does."""
    return " ".join(_PUNCTUATION.sub(r" \1 ", text.lower()).split())


def _vader(_train: Dataset, _threads: int) -> Classifier:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415

    analyzer = SentimentIntensityAnalyzer()

    def classify(texts: Sequence[str]) -> Sequence[bool]:
        return [analyzer.polarity_scores(text)["compound"] > 0 for text in texts]

    return Classifier(classify, None, share_of_reviews=0.4)


def _distilbert(dtype: torch.dtype) -> Load:
    def load(_train: Dataset, _threads: int) -> Classifier:
        from transformers import (  # noqa: PLC0415
            DistilBertConfig,
            DistilBertForSequenceClassification,
        )

        config = DistilBertConfig()
        model: torch.nn.Module = DistilBertForSequenceClassification(config)
        model = model.to(dtype).eval()
        limit = config.max_position_embeddings

        @torch.inference_mode()
        def classify(texts: Sequence[str]) -> Sequence[bool]:
            lengths = [min(limit, len(text.split())) for text in texts]
            mask = torch.zeros(len(texts), max(lengths), dtype=torch.long)  # (B, T)
            for row, length in enumerate(lengths):
                mask[row, :length] = 1
            logits = model(input_ids=mask * 2_000, attention_mask=mask).logits  # (B, 2)
            return (logits[:, 1] > logits[:, 0]).tolist()

        size = sum(p.numel() for p in model.parameters()) * 4 / 2**20  # stored in float32
        return Classifier(classify, size, trained=False, share_of_reviews=0.1)

    return load


OTHERS: dict[str, Load] = {
    "TF-IDF + logistic": _tfidf,
    "fastText": _fasttext,
    "VADER": _vader,
    "DistilBERT float32": _distilbert(torch.float32),
    "DistilBERT bfloat16": _distilbert(torch.bfloat16),
}
