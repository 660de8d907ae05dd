"""A scikit-learn estimator around a trained model. It needs the extra `sklearn`."""

import os
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64, Shaped

from gatewise.models.clients.inputs import list_texts
from gatewise.models.extras import install_command
from gatewise.models.predictor import Predictor

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils.multiclass import type_of_target
    from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d
except ImportError as error:
    raise ImportError(
        "GatewiseClassifier needs scikit-learn, which is not installed: "
        f"{install_command('sklearn')}"
    ) from error

# Label words with a clear meaning, lower case. Sorted, the negative one of a pair comes first.
_NEGATIVE_WORDS = {"negative", "neg"}
_POSITIVE_WORDS = {"positive", "pos"}


class GatewiseClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A trained Gatewise model as a scikit-learn classifier of texts.

    `fit` trains nothing: it loads the model and stores which two labels are in use, so that
    predictions have the labels of the caller. Cross-validation therefore measures the same model
    on every fold. X is a sequence of texts (a list, an array, a column of a data frame).

    Args:
        model: A directory, the name of a shipped release, a Hugging Face Hub id, or a `Predictor`,
            which is used as it is; by default the default release.
        threads: Number of threads for several texts; by default one for every core. A `Predictor`
            has its own.
        positive_label: The label that means positive. By default it is the greater one of two
            numbers or booleans, and "positive" or "pos" of strings.

    Attributes:
        classes_: The two labels, sorted, (2,). Without `y` they are "negative" and "positive".
        predictor_: The loaded model.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | Predictor | None = None,
        *,
        threads: int | None = None,
        positive_label: Any = None,
    ) -> None:
        self.model = model
        self.threads = threads
        self.positive_label = positive_label

    def fit(self, X: Any, y: Any = None) -> "GatewiseClassifier":  # noqa: N803
        """Load the model and store the labels; nothing is trained.

        Args:
            X: Texts.
            y: Their labels, two different ones; None for "negative" and "positive".

        Returns:
            The estimator itself.

        Raises:
            InvalidTextError: An element of X is not a string.
            ValueError: The labels are not exactly two, it is unclear which one is positive, or
                their number differs from that of the texts.
            ArtifactError: The model cannot be loaded; see `Predictor.load`.
        """
        texts = list_texts(X)
        if y is None:
            classes = np.array(["negative", "positive"])  # (2,)
        else:
            labels = column_or_1d(y, warn=True)  # (B,)
            check_consistent_length(texts, labels)
            classes = _two_classes(labels)  # (2,)
        self._sign = 1 if _positive_index(classes, self.positive_label) else -1
        self.classes_ = classes
        if isinstance(self.model, Predictor):
            self.predictor_ = self.model
        else:
            self.predictor_ = Predictor.load(self.model, threads=self.threads)
        return self

    def decision_function(self, X: Any) -> Float64[np.ndarray, " B"]:  # noqa: N803
        """Compute the log-odds of `classes_[1]` for each text, (B,)."""
        check_is_fitted(self)
        predictions = self.predictor_.predict(list_texts(X))
        return self._sign * np.array([p.logit for p in predictions], dtype=np.float64)

    def predict_proba(self, X: Any) -> Float64[np.ndarray, "B 2"]:  # noqa: N803
        """Compute the probability of each class for each text, (B, 2), in order of `classes_`."""
        check_is_fitted(self)
        predictions = self.predictor_.predict(list_texts(X))
        rows = [(p.probabilities["negative"], p.probabilities["positive"]) for p in predictions]
        return np.array(rows, dtype=np.float64).reshape(-1, 2)[:, :: self._sign]

    def predict(self, X: Any) -> Shaped[np.ndarray, " B"]:  # noqa: N803
        """Return the label of each text, (B,)."""
        chosen = (self.decision_function(X) > 0).astype(np.intp)  # (B,)
        return self.classes_[chosen]

    def undecided(self, X: Any) -> Bool[np.ndarray, " B"]:  # noqa: N803
        """Return for which texts the model cannot tell the label, (B,); see `Prediction`.

        `predict` returns the more probable label of these texts, too.
        """
        check_is_fitted(self)
        predictions = self.predictor_.predict(list_texts(X))
        return np.array([p.undecided for p in predictions], dtype=bool)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.target_tags.required = False
        tags.classifier_tags.multi_class = False
        return tags


def _two_classes(labels: Shaped[np.ndarray, " B"]) -> Shaped[np.ndarray, " 2"]:
    """Return the two different labels, sorted.

    Raises:
        ValueError: There are not exactly two.
    """
    kind = type_of_target(labels, input_name="y", raise_unknown=True)
    if kind != "binary":
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}."
        )
    classes = np.unique(labels)  # (2,)
    if len(classes) != 2:  # noqa: PLR2004
        raise ValueError(
            f"y has {len(classes)} class, {classes.tolist()}; two are needed to know which label "
            "stands for negative and which for positive. Fit on texts with both labels."
        )
    return classes


def _positive_index(classes: Shaped[np.ndarray, " 2"], positive_label: Any) -> int:
    """Return the index in `classes` of the label that means positive.

    Raises:
        ValueError: That is unclear.
    """
    found = classes.tolist()
    if positive_label is not None:
        if positive_label not in found:
            raise ValueError(f"positive_label={positive_label!r} is not a label of y: {found}.")
        return found.index(positive_label)
    words = [str(label).strip().lower() for label in found]
    if all(isinstance(label, bool | int | float) for label in found):
        return 1
    if words[0] in _NEGATIVE_WORDS and words[1] in _POSITIVE_WORDS:
        return 1
    raise ValueError(
        f"It is unclear which of the labels {found} is positive. Pass positive_label="
        f"{found[1]!r} or positive_label={found[0]!r}."
    )
