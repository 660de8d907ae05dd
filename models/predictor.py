"""The interface to a trained model: load it, predict texts, explain one."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from gatewise.models.artifact.artifact import Artifact, load_artifact
from gatewise.models.artifact.location import locate_model
from gatewise.models.artifact.pickled import PickledArtifact
from gatewise.models.clients.frames import DataFrame, column_of, encode_rows, to_frame
from gatewise.models.clients.inputs import encode_texts
from gatewise.models.errors import ArtifactMismatchError
from gatewise.models.explain.interventions import Gate, Intervention
from gatewise.models.explain.sweep import SWEEP_VALUES, SweepValue
from gatewise.models.explainer import Explainer
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.precision import Precision
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.mmap_weights import shared_weights
from gatewise.models.prediction import Explanation, GateSweep, Prediction, make_prediction
from gatewise.models.tokenizer import Encoding

# Largest difference to the stored logit: kernels of other processors differ in the last digits, and
# states of 8 bits by some hundredths.
_SELF_CHECK_TOLERANCE: Mapping[Precision, float] = {
    "float32": 1e-3, "int8": 1e-3, "int8x8": 0.1, "bfloat16": 0.1,
}  # fmt: skip


class Predictor(Explainer):
    """A loaded model. It keeps no state between calls and can be shared between threads.

    It also works in processes that are forked or spawned. It is pickled by value, without
    `share_in`: about 20 MB for a released model, which can be unpickled on another machine.
    `copy` and `deepcopy` return the same object.

    Attributes:
        artifact: What was loaded: weights, tokenizer, metrics, gate statistics and model card.
    """

    def __init__(
        self,
        artifact: Artifact,
        *,
        precision: Precision | None = None,
        threads: int | None = None,
        share_in: Path | None = None,
    ) -> None:
        """Prepare an artifact for inference; most callers use `load`.

        Args:
            artifact: The model.
            precision: How the weights on the state are multiplied; see `Recurrence`.
            threads: Number of threads for several texts; by default one for every core.
            share_in: Directory through which processes share the weights in memory.

        Raises:
            ValueError: `precision` is "int8" or "int8x8", and the weights are not stored in 8 bits.
        """
        if share_in:
            artifact = replace(artifact, weights=shared_weights(artifact.weights, share_in))
        recurrence = Recurrence(
            artifact.weights, precision=precision, threads=threads, share_in=share_in
        )
        super().__init__(artifact, recurrence)
        self._tokenizer = artifact.tokenizer
        self._threads = threads  # None stays None in a pickle: another machine has other cores

    @classmethod
    def load(
        cls,
        model: str | os.PathLike[str] | None = None,
        *,
        precision: Precision | None = None,
        threads: int | None = None,
        share_in: Path | None = None,
    ) -> "Predictor":
        """Load a model and check that it reproduces its stored logit.

        Args:
            model: A directory, the name of a shipped release ("imdb-gru-256"), or a Hugging Face
                Hub id ("user/name", "user/name@revision"); by default the default release.
            precision: How the weights on the state are multiplied. By default, those of a model
                that is stored in 8 bits are multiplied as integers, with states rounded to
                multiples of 2⁻¹⁴ ("int8"); those of others, and of all models with "float32", by
                states that are not rounded. "int8x8" rounds states to multiples of 1/127, and takes
                less time for several texts. The attribute `precision` states which it is.
            threads: Number of threads for several texts; by default one for every core.
            share_in: Directory for memory-mapped copies of the weights. Processes that pass the
                same directory hold the weights and the input table in memory once.

        Returns:
            The predictor, ready for use.

        Raises:
            ArtifactError: The model does not exist, is damaged, cannot be downloaded, or fails its
                self-check, or `precision` is "int8" or "int8x8" and it is not stored in 8 bits. The
                message states which, and what to do.
        """
        artifact = load_artifact(locate_model(model))
        try:
            predictor = cls(artifact, precision=precision, threads=threads, share_in=share_in)
        except ValueError as error:
            raise ArtifactMismatchError(
                f"{artifact.name} {artifact.version} cannot be run with precision={precision!r}: "
                f"{error} Leave the precision out, or export the model again."
            ) from error
        check = predictor.artifact.self_check
        logit = predictor.predict([check.text])[0].logit
        tolerance = _SELF_CHECK_TOLERANCE[predictor.precision]
        if not abs(logit - check.logit) <= tolerance:  # also true for NaN
            raise ArtifactMismatchError(
                f"The model fails its self-check: logit {logit:.4f} instead of "
                f"{check.logit:.4f}. Weights and tokenizer do not belong together: copy the "
                "directory again, or export the model again."
            )
        return predictor

    def __reduce__(self) -> tuple[Any, ...]:
        pickled = PickledArtifact.pack(self.artifact)
        return _unpickle, (type(self), pickled, self._threads, self.precision)

    def __copy__(self) -> "Predictor":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Predictor":
        return self

    @property
    def precision(self) -> Precision:
        """How the weights on the state are multiplied: which arithmetic made all numbers."""
        return self._recurrence.precision

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
            `probability_positive`, `coverage`, `undecided`, `warnings` (one string, usually empty)
            and `error`, which is None. In a row without a prediction all but `error` are missing
            (None or NaN).

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
            make_prediction(encoding, logit, positive, self._decider)
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

    def sweep(
        self,
        text: str,
        *,
        gate: Gate,
        first: int,
        last: int,
        values: Sequence[SweepValue] = SWEEP_VALUES,
        max_tokens: int | None = None,
    ) -> GateSweep:
        """Classify one text with a gate held at each of several values over a range of tokens.

        All units of the gate are held; everything else is computed as usual. Each run equals that
        of `explain` with the corresponding intervention, but all of them are computed in one batch.

        Args:
            text: The text.
            gate: "reset" or "update"; an update gate of 1 keeps the old state.
            first: Position of the first token, counted from 0.
            last: Position of the last token, which is included.
            values: Numbers from 0 to 1, or "average" for each unit's mean over validation reviews.
                By default the eleven tenths and "average".
            max_tokens: Largest number of tokens of the text; unlimited by default.

        Returns:
            The run without intervention, and one run for each value, with running probabilities.

        Raises:
            InvalidTextError: The text is empty, blank, or has invalid characters.
            TextTooLongError: The text has more than `max_tokens` tokens.
            InterventionError: There is no value or one outside 0 to 1, the range is empty, or the
                gate or a token does not exist.
        """
        (encoding,) = self.encode([text], max_tokens=max_tokens)
        return self.sweep_encoded(encoding, gate=gate, first=first, last=last, values=values)

    def warm_up(self) -> None:
        """Explain a short text, so that all code is compiled before the first request."""
        self.account(self.explain("A fine film."))

    def load_dictionaries(self) -> None:
        """Load what only unusual texts need, which the first of them would otherwise wait for.

        That is what corrects misspellings, recognizes languages, repairs characters that were
        decoded with the wrong encoding, and finds letters that look like others.
        """
        self.predict(["Fine qwxzzyk vrblmpf.", "A nice cafÃ©.", "A f\u0456lm."])  # a Cyrillic i


def _unpickle(
    predictor_type: type[Predictor],
    pickled: PickledArtifact,
    threads: int | None,
    precision: Precision,
) -> Predictor:
    return predictor_type(pickled.unpack(), precision=precision, threads=threads)
