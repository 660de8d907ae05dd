"""The front door: load a model, predict texts, explain one."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float64

from models.artifact import LABELS, Artifact, load_artifact
from models.credit import Credits, token_credits
from models.errors import ArtifactMismatchError
from models.faithfulness import RANDOM_RANKINGS, FaithfulnessReport, faithfulness_report
from models.gates import sigmoid
from models.intervene import GateEffects, Hold, gate_effects, trace_held
from models.ledger import Ledger, build_ledger
from models.recurrence import Recurrence
from models.shared import shared_weights
from models.strip import strip_html
from models.tokenizer import Encoding
from models.trace import GateTrace

DEFAULT_RELEASE = Path(__file__).parent / "releases" / "imdb-gru-512"

# A verdict on a text of mostly unknown words rests on their neighbours: say so below this.
LOW_COVERAGE = 0.5
# The stored self-check must come out again on any machine; kernels differ in the last digits.
_SELF_CHECK_TOLERANCE = 1e-3


def releases() -> dict[str, Path]:
    """Name the models that ship with the package, the default one first."""
    found = sorted(path.parent for path in DEFAULT_RELEASE.parent.glob("*/config.json"))
    ordered = sorted(found, key=lambda path: path != DEFAULT_RELEASE)
    return {path.name: path for path in ordered}


@dataclass(frozen=True)
class Prediction:
    """The verdict on one text. `probabilities` sum to 1; `coverage` is the share of known words."""

    label: str
    score: float
    probabilities: dict[str, float]
    logit: float
    tokens: int
    coverage: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """A prediction with the pass that made it: tokens, states and gates, and the ledger."""

    prediction: Prediction
    encoding: Encoding
    trace: GateTrace
    ledger: Ledger

    @property
    def running_probability(self) -> Float64[np.ndarray, " T"]:
        """P(positive) had the text ended at each token: the head applied to every state."""
        return sigmoid(self.ledger.running_logit)

    @property
    def flips(self) -> list[int]:
        """Positions at which the running verdict changes sides."""
        return self.ledger.flips

    def _repr_html_(self) -> str:
        """Show the tokens in a notebook, coloured by contribution."""
        return strip_html(self.encoding, self.ledger, self.prediction.label, self.prediction.score)


class Predictor:
    """A loaded model. Stateless between calls and safe to share between threads."""

    def __init__(
        self, artifact: Artifact, *, threads: int | None = None, share_in: Path | None = None
    ) -> None:
        """Prepare an artifact for serving; `load` is the usual way in."""
        if share_in:
            artifact = replace(artifact, weights=shared_weights(artifact.weights, share_in))
        self.artifact = artifact
        self._tokenizer = artifact.tokenizer
        self._recurrence = Recurrence(artifact.weights, threads=threads, share_in=share_in)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
        share_in: Path | None = None,
    ) -> "Predictor":
        """Load a model directory, by default the release that ships with the package.

        Several texts at once are read in `threads`, by default one for every core. Processes that
        name the same directory in `share_in` hold the weights, and the table of words that is
        made of them, in memory once.

        Raises `ArtifactError` (its message says why) rather than serve a model that is not whole
        or does not give its own stored answer.
        """
        artifact = load_artifact(DEFAULT_RELEASE if path is None else Path(path))
        predictor = cls(artifact, threads=threads, share_in=share_in)
        check = predictor.artifact.self_check
        logit = predictor.predict([check.text])[0].logit
        if not abs(logit - check.logit) <= _SELF_CHECK_TOLERANCE:  # NaN fails, too
            raise ArtifactMismatchError(
                f"The model fails its self-check: logit {logit:.4f} instead of "
                f"{check.logit:.4f}. Weights and tokenizer do not belong together."
            )
        return predictor

    @property
    def hidden_size(self) -> int:
        """Number of units (H)."""
        return self.artifact.weights.config.hidden_size

    def encode(self, texts: Sequence[str], *, max_tokens: int | None = None) -> list[Encoding]:
        """Tokenize texts, in order.

        Raises `InvalidTextError`, `TextTooLongError` beyond `max_tokens`, or `TypeError` for a
        bare string, which Python would take for a list of characters.
        """
        if isinstance(texts, str):
            raise TypeError("Texts come as a list: for a single one, predict([text]).")
        return self._tokenizer.encode_batch(texts, max_tokens=max_tokens)

    def predict(self, texts: Sequence[str], *, max_tokens: int | None = None) -> list[Prediction]:
        """Judge texts, in order. Raises as `encode` does."""
        return self.predict_encoded(self.encode(texts, max_tokens=max_tokens))

    def predict_encoded(self, encodings: Sequence[Encoding]) -> list[Prediction]:
        """Judge texts that `encode` has already read."""
        logits = self._recurrence.logits([encoding.ids for encoding in encodings])  # (B,)
        return [
            _prediction(encoding, logit, positive)
            for encoding, logit, positive in zip(
                encodings, logits.tolist(), sigmoid(logits).tolist(), strict=True
            )
        ]

    def explain(
        self, text: str, *, holds: Sequence[Hold] = (), max_tokens: int | None = None
    ) -> Explanation:
        """Judge one text and return the computation itself.

        With `holds`, the text is run with those gates held, and the answer is of that run: compare
        it with the plain one to see what a gate did. Raises as `encode` does, and
        `InterventionError` for a gate that cannot be held so.
        """
        return self.explain_encoded(self.encode([text], max_tokens=max_tokens)[0], holds=holds)

    def explain_encoded(self, encoding: Encoding, *, holds: Sequence[Hold] = ()) -> Explanation:
        """Explain a text that `encode` has already read, as `explain` does."""
        weights = self.artifact.weights
        if holds:
            trace = trace_held(weights, encoding.ids, holds)
        else:
            trace = self._recurrence.trace(encoding.ids)
        ledger = build_ledger(trace, weights.head_weight, weights.head_bias)
        positive = float(sigmoid(ledger.running_logit)[-1])
        prediction = _prediction(encoding, ledger.logit, positive)
        return Explanation(prediction, encoding, trace, ledger)

    def warm_up(self) -> None:
        """Judge and explain a short text, so that nothing is left to compile for the first one."""
        self.credits(self.explain("Fine."))

    def credits(self, explanation: Explanation) -> Credits:
        """Account for the logit of a plain explanation once more, counting what moved later gates.

        As exact as the ledger and a more faithful ranking, for a few passes, there and back.
        """
        total = token_credits(self._recurrence, explanation.encoding.ids)
        ledger = explanation.ledger
        return Credits(total, residual=ledger.logit - ledger.bias - float(total.sum()))

    def faithfulness(
        self,
        encoding: Encoding,
        rankings: Mapping[str, Float[np.ndarray, " T"]],
        *,
        random_rankings: int = RANDOM_RANKINGS,
        seed: int = 0,
    ) -> FaithfulnessReport:
        """Measure rankings of the tokens of a text, by reading it without them.

        Each is named and given as scores, where positive ones speak for positive, as the
        contributions of a ledger do. Time grows with the square of the length.
        """
        return faithfulness_report(
            self._recurrence, encoding.ids, rankings, random_rankings=random_rankings, seed=seed
        )

    def gate_effects(self, explanation: Explanation) -> GateEffects:
        """Answer what each token's own gates did to the logit of a plain explanation.

        Runs the text again for every token: the time grows with the square of its length.
        """
        return gate_effects(
            self._recurrence,
            explanation.trace,
            explanation.encoding.ids,
            average_reset=self.artifact.gates.mean_reset,
        )


def _prediction(encoding: Encoding, logit: float, positive: float) -> Prediction:
    probabilities = dict(zip(LABELS, (1 - positive, positive), strict=True))
    label = LABELS[logit > 0]
    return Prediction(
        label=label,
        score=probabilities[label],
        probabilities=probabilities,
        logit=logit,
        tokens=len(encoding),
        coverage=encoding.coverage,
        warnings=_warnings(encoding),
    )


def _warnings(encoding: Encoding) -> tuple[str, ...]:
    if encoding.coverage >= LOW_COVERAGE:
        return ()
    return (
        f"The model knows only {encoding.coverage:.0%} of these words, and reads all others as one "
        "and the same unknown word: doubt this verdict. It was trained on English movie reviews.",
    )
