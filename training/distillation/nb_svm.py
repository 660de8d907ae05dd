"""NB-SVM (Wang & Manning 2012): a linear classifier of the phrases in a text, as a teacher.

The features are the phrases of one to three words. Each is weighted by the log ratio of its
frequencies in positive and negative reviews; a logistic regression learns the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

_LONGEST_PHRASE = 3
_INVERSE_REGULARISATION = 4.0


@dataclass(frozen=True)
class NBSVM:
    """A fitted classifier of texts given as word ids."""

    vectorizer: CountVectorizer
    log_count_ratio: Float64[np.ndarray, " F"]
    classifier: LogisticRegression

    @classmethod
    def fit(
        cls,
        texts: Sequence[Int32[np.ndarray, " _"]],
        labels: Float32[np.ndarray, " N"],
        *,
        seed: int,
    ) -> "NBSVM":
        """Fit a classifier.

        Args:
            texts: Texts as word ids.
            labels: Their labels, 0 or 1.
            seed: Seed of the solver.
        """
        vectorizer = CountVectorizer(analyzer=_phrases, binary=True, min_df=2, dtype=np.float64)
        present = vectorizer.fit_transform(texts)  # (N, F)
        log_count_ratio = _log_share(present[labels == 1]) - _log_share(present[labels == 0])
        classifier = LogisticRegression(
            solver="liblinear", dual=True, C=_INVERSE_REGULARISATION, random_state=seed
        ).fit(present.multiply(log_count_ratio).tocsr(), labels)
        return cls(vectorizer, log_count_ratio, classifier)

    def logits(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> Float64[np.ndarray, " N"]:
        """Compute the logits of texts, in order."""
        present = self.vectorizer.transform(texts)  # (N, F)
        return self.classifier.decision_function(present.multiply(self.log_count_ratio).tocsr())


def _phrases(ids: Int32[np.ndarray, " _"]) -> list[tuple[int, ...]]:
    words = ids.tolist()
    return [
        tuple(words[start : start + length])
        for length in range(1, _LONGEST_PHRASE + 1)
        for start in range(len(words) - length + 1)
    ]


def _log_share(present: csr_matrix) -> Float64[np.ndarray, " F"]:
    """Compute the log share of each phrase among all phrases, with add-one smoothing."""
    counts = 1 + np.asarray(present.sum(axis=0))[0]  # (F,)
    return np.log(counts / counts.sum())
