"""Classifiers of other libraries, for comparison.

Those that learn are trained on the texts of our model. Transformers have random weights
(`onnx_transformers`).
"""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from datasets import Dataset

from benchmarks.classifier import Classifier, Load, megabytes_on_disk
from benchmarks.onnx_transformers import SIZES, transformer

_PUNCTUATION = re.compile(r"([.!?,'/()\"])")


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


def _static_embeddings(train: Dataset, _threads: int) -> Classifier:
    """Return a mean of word vectors, weighted by rarity, with a logistic regression on it.

    The vectors are those of latent semantic analysis on the texts themselves.
    """
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    pipeline = make_pipeline(
        TfidfVectorizer(min_df=2, sublinear_tf=True),
        TruncatedSVD(256, random_state=0),
        LogisticRegression(C=10, max_iter=1000),
    ).fit(train["text"][:], train["label"][:])
    return Classifier(lambda texts: list(pipeline.predict(texts) == 1), None)


OTHERS: dict[str, Load] = {
    "TF-IDF + logistic": _tfidf,
    "fastText": _fasttext,
    "VADER": _vader,
    "word vectors of 256": _static_embeddings,
    **{
        f"{name} {'int8' if is_int8 else 'float32'}": transformer(name, is_int8=is_int8)
        for name in SIZES
        for is_int8 in (False, True)
    },
}
