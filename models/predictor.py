"""The interface to a trained model: load it, predict texts, explain one."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from gatewise.models.artifact import Artifact, load_artifact
from gatewise.models.clients.frames import DataFrame, column_of, encode_rows, to_frame
from gatewise.models.clients.inputs import encode_texts
from gatewise.models.errors import ArtifactMismatchError
from gatewise.models.explain.attribution import Attributions, token_attributions
from gatewise.models.explain.decomposition import decompose
from gatewise.models.explain.faithfulness import (
    RANDOM_RANKINGS,
    FaithfulnessReport,
    faithfulness_report,
)
from gatewise.models.explain.interventions import (
    GateEffects,
    Intervention,
    gate_effects,
    trace_with_interventions,
)
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.mmap_weights import shared_weights
from gatewise.models.model_location import locate_model
from gatewise.models.pickled_artifact import PickledArtifact
from gatewise.models.prediction import Explanation, Prediction, make_prediction
from gatewise.models.tokenizer import Encoding

# Largest difference to the stored logit: kernels of other processors differ in the last digits.
_SELF_CHECK_TOLERANCE = 1e-3


class Predictor:
    """A loaded model. It keeps no state between calls and can be shared between threads.

    It also works in processes that are forked or spawned. It is pickled by value, without
    `share_in`: about 23 MB for a released model, which can be unpickled on another machine.
    `copy` and `deepcopy` return the same object.

    Attributes:
        artifact: What was loaded: weights, tokenizer, metrics, gate statistics and model card.
    """

    def __init__(
        self, artifact: Artifact, *, threads: int | None = None, share_in: Path | None = None
    ) -> None:
        """Prepare an artifact for inference; most callers use `load`.

        Args:
            artifact: The model.
            threads: Number of threads for several texts; by default one for every core.
            share_in: Directory through which processes share the weights in memory.
        """
        if share_in:
            artifact = replace(artifact, weights=shared_weights(artifact.weights, share_in))
        self.artifact = artifact
        self._tokenizer = artifact.tokenizer
        self._recurrence = Recurrence(artifact.weights, threads=threads, share_in=share_in)
        self._threads = threads  # None stays None in a pickle: another machine has other cores

    @classmethod
    def load(
        cls,
        model: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
        share_in: Path | None = None,
    ) -> "Predictor":
        """Load a model and check that it reproduces its stored logit.

        Args:
            model: A directory, the name of a shipped release ("imdb-gru-256"), or a Hugging Face
                Hub id ("user/name", "user/name@revision"); by default the default release.
            threads: Number of threads for several texts; by default one for every core.
            share_in: Directory for memory-mapped copies of the weights. Processes that pass the
                same directory hold the weights and the input table in memory once.

        Returns:
            The predictor, ready for use.

        Raises:
            ArtifactError: The model does not exist, is damaged, cannot be downloaded, or fails its
                self-check. The message states which, and what to do.
        """
        artifact = load_artifact(locate_model(model))
        predictor = cls(artifact, threads=threads, share_in=share_in)
        check = predictor.artifact.self_check
        logit = predictor.predict([check.text])[0].logit
        if not abs(logit - check.logit) <= _SELF_CHECK_TOLERANCE:  # also true for NaN
            raise ArtifactMismatchError(
                f"The model fails its self-check: logit {logit:.4f} instead of "
                f"{check.logit:.4f}. Weights and tokenizer do not belong together: copy the "
                "directory again, or export the model again."
            )
        return predictor

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle, (type(self), PickledArtifact.pack(self.artifact), self._threads)

    def __copy__(self) -> "Predictor":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Predictor":
        return self

    @property
    def hidden_size(self) -> int:
        """Number of units (H)."""
        return self.artifact.weights.config.hidden_size

    def encode(self, texts: Iterable[str], *, max_tokens: int | None = None) -> list[Encoding]:
        """Tokenize texts.

        Args:
            texts: The texts: a list, generator, NumPy or pyarrow array, or column of a data frame.
            max_tokens: Largest number of tokens of a text; unlimited by default.

        Returns:
            One encoding for each text, in order.

        Raises:
            InvalidTextError: A text is empty, blank, has invalid characters, or is not a string
                but None or NaN, for example. The message has its index among several, from 0.
            TextTooLongError: A text has more than `max_tokens` tokens; likewise.
            TypeError: `texts` is a single string, a mapping, or a whole data frame.
        """
        return encode_texts(self._tokenizer, texts, max_tokens=max_tokens)

    def predict(self, texts: Iterable[str], *, max_tokens: int | None = None) -> list[Prediction]:
        """Classify texts.

        Args:
            texts: The texts; see `encode` for what is accepted.
            max_tokens: Largest number of tokens of a text; unlimited by default.

        Returns:
            One prediction for each text, in order. It does not depend on the other texts.

        Raises:
            InvalidTextError: A text is empty, blank, has invalid characters, or is no string.
            TextTooLongError: A text has more than `max_tokens` tokens.
            TypeError: As for `encode`.
        """
        return self.predict_encoded(self.encode(texts, max_tokens=max_tokens))

    def predict_frame(
        self,
        frame: DataFrame,
        *,
        text: str = "text",
        errors: Literal["coerce", "raise"] = "coerce",
        max_tokens: int | None = None,
    ) -> DataFrame:
        """Classify the rows of a pandas data frame.

        Args:
            frame: The data frame; it is not changed.
            text: Name of the column of texts.
            errors: What happens to a row whose text is missing or cannot be classified: "coerce"
                gives it no prediction and a reason, "raise" raises.
            max_tokens: Largest number of tokens of a text; unlimited by default.

        Returns:
            A data frame with the same index and the columns `label`, `score`,
            `probability_positive`, `coverage`, `warnings` (one string, usually empty) and `error`,
            which is None. In a row without a prediction all but `error` are missing (None or NaN).

        Raises:
            DataError: The data frame has no such column, or more than one.
            InvalidTextError, TextTooLongError: As for `predict`, if `errors` is "raise".
            TypeError: `frame` is not a pandas data frame.
        """
        texts = column_of(frame, text)
        encode = partial(encode_texts, self._tokenizer, max_tokens=max_tokens)
        rows = encode(texts) if errors == "raise" else encode_rows(encode, texts)
        predicted = iter(self.predict_encoded([row for row in rows if isinstance(row, Encoding)]))
        outcomes = [row if isinstance(row, str) else next(predicted) for row in rows]
        return to_frame(outcomes, index=frame.index)

    def predict_encoded(self, encodings: Sequence[Encoding]) -> list[Prediction]:
        """Classify texts that were tokenized by `encode`, in order."""
        logits = self._recurrence.logits([encoding.ids for encoding in encodings])  # (B,)
        return [
            make_prediction(encoding, logit, positive)
            for encoding, logit, positive in zip(
                encodings, logits.tolist(), sigmoid(logits).tolist(), strict=True
            )
        ]

    def explain(
        self,
        text: str,
        *,
        interventions: Sequence[Intervention] = (),
        max_tokens: int | None = None,
    ) -> Explanation:
        """Classify one text and return the computation.

        Args:
            text: The text.
            interventions: Gates to set to given values. The explanation is then of the run with
                these gates; compare it with the one without interventions to see their effect.
            max_tokens: Largest number of tokens of the text; unlimited by default.

        Returns:
            The prediction, the trace and the decomposition of one forward pass.

        Raises:
            InvalidTextError: The text is empty, blank, or has invalid characters.
            TextTooLongError: The text has more than `max_tokens` tokens.
            InterventionError: An intervention names a gate, value, token or unit that does not
                exist.
        """
        return self.explain_encoded(
            self.encode([text], max_tokens=max_tokens)[0], interventions=interventions
        )

    def explain_encoded(
        self, encoding: Encoding, *, interventions: Sequence[Intervention] = ()
    ) -> Explanation:
        """Explain a text that was tokenized by `encode`; see `explain`."""
        weights = self.artifact.weights
        if interventions:
            trace = trace_with_interventions(weights, encoding.ids, interventions)
        else:
            trace = self._recurrence.trace(encoding.ids)
        decomposition = decompose(trace, weights.head_weight, weights.head_bias)
        positive = float(sigmoid(decomposition.running_logit)[-1])
        prediction = make_prediction(encoding, decomposition.logit, positive)
        return Explanation(prediction, encoding, trace, decomposition)

    def warm_up(self) -> None:
        """Explain a short text, so that all code is compiled before the first request."""
        self.attribution(self.explain("Fine."))

    def attribution(self, explanation: Explanation) -> Attributions:
        """Attribute the logit to the tokens, including their effect on the gates of later tokens.

        The sum is as exact as that of the decomposition, and the ranking of the tokens is more
        faithful to the network; it takes several forward and backward passes.

        Args:
            explanation: An explanation without interventions.

        Returns:
            One attribution for each token, and the rounding error of their sum.
        """
        total = token_attributions(self._recurrence, explanation.encoding.ids)
        decomposition = explanation.decomposition
        return Attributions(
            total, residual=decomposition.logit - decomposition.bias - float(total.sum())
        )

    def faithfulness(
        self,
        encoding: Encoding,
        rankings: Mapping[str, Float[np.ndarray, " T"]],
        *,
        random_rankings: int = RANDOM_RANKINGS,
        seed: int = 0,
        check: Callable[[], None] | None = None,
    ) -> FaithfulnessReport:
        """Measure how faithful rankings of a text's tokens are, by deleting tokens.

        The time grows with the square of the length of the text.

        Args:
            encoding: The text.
            rankings: Named scores, one for each token. As with the total of a decomposition,
                positive scores speak for the positive label.
            random_rankings: Number of random rankings to average for comparison.
            seed: Seed of the random rankings.
            check: Called between parts of the computation. It may raise an exception to stop it.

        Returns:
            The metrics of each ranking, and the mean over the random ones.
        """
        return faithfulness_report(
            self._recurrence,
            encoding.ids,
            rankings,
            random_rankings=random_rankings,
            seed=seed,
            check=check,
        )

    def gate_effects(
        self, explanation: Explanation, *, check: Callable[[], None] | None = None
    ) -> GateEffects:
        """Compute how the logit changes if a single token's own gate takes another value.

        The text is run again for every token: the time grows with the square of its length.

        Args:
            explanation: An explanation without interventions.
            check: Called between parts of the computation. It may raise an exception to stop it.

        Returns:
            The change of the logit for each token and each of the alternative gate values.
        """
        return gate_effects(
            self._recurrence,
            explanation.trace,
            explanation.encoding.ids,
            average_reset=self.artifact.gates.mean_reset,
            check=check,
        )


def _unpickle(
    predictor_type: type[Predictor], pickled: PickledArtifact, threads: int | None
) -> Predictor:
    return predictor_type(pickled.unpack(), threads=threads)
