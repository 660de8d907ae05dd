"""Scores texts: predictions, and if requested the contribution of each word of a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gatewise.models.errors import InvalidTextError, TextTooLongError
from gatewise.models.prediction import Explanation, Prediction
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import Encoding

# So many texts are in memory as tokens at once. The recurrence sorts them by length itself.
_SLICE = 512
_TOP = 5  # words of a text


@dataclass(frozen=True)
class WordScores:
    """The contributions of the words of a text.

    Attributes:
        by_word: Contribution of each word to the logit, summed over its occurrences. Words are as
            they were read, in lower case; punctuation is left out.
        turning_word: The word at which the running prediction settled, as it was written; None if
            it was never clearly on the other side (`Explanation.turning_point`).
    """

    by_word: Mapping[str, float]
    turning_word: str | None

    def top(self) -> list[tuple[str, float]]:
        """Return the words of largest absolute contribution, the largest first."""
        ranked = sorted(self.by_word.items(), key=lambda entry: (-abs(entry[1]), entry[0]))
        return ranked[:_TOP]


@dataclass(frozen=True)
class ScoredText:
    """The outcome of one text: a prediction or an error.

    Attributes:
        prediction: The prediction, or None.
        error: Why there is none, or None.
        words: Contributions of its words, if requested.
    """

    prediction: Prediction | None
    error: str | None
    words: WordScores | None = None


@dataclass(frozen=True)
class Scorer:
    """Scores texts with one model.

    Attributes:
        predictor: The model.
        attribution: Whether the words of each text are scored by their attribution.
        decomposition: Whether they are scored by the decomposition of the logit, which takes one
            traced pass instead of several passes.
        max_tokens: Largest number of tokens of a text.
    """

    predictor: Predictor
    attribution: bool = False
    decomposition: bool = False
    max_tokens: int | None = None

    def score(self, texts: Sequence[str | None], errors: Sequence[str | None]) -> list[ScoredText]:
        """Score texts.

        Args:
            texts: The texts; None where there is none.
            errors: Why there is none.

        Returns:
            The outcome of each text, in order. It does not depend on the other texts.
        """
        scored: list[ScoredText] = []
        for start in range(0, len(texts), _SLICE):
            end = start + _SLICE
            scored += self._score_slice(texts[start:end], errors[start:end])
        return scored

    def _score_slice(
        self, texts: Sequence[str | None], errors: Sequence[str | None]
    ) -> list[ScoredText]:
        encoded = [
            self._encode(text) if text is not None else str(error)
            for text, error in zip(texts, errors, strict=True)
        ]
        encodings = [entry for entry in encoded if isinstance(entry, Encoding)]
        predictions = iter(self.predictor.predict_encoded(encodings) if encodings else ())
        return [
            ScoredText(None, entry)
            if isinstance(entry, str)
            else ScoredText(next(predictions), None, self._words(entry))
            for entry in encoded
        ]

    def _encode(self, text: str) -> Encoding | str:
        """Tokenize a text, or return why that is not possible."""
        try:
            return self.predictor.encode([text], max_tokens=self.max_tokens)[0]
        except (InvalidTextError, TextTooLongError) as error:
            return str(error)

    def _words(self, encoding: Encoding) -> WordScores | None:
        if not (self.attribution or self.decomposition):
            return None
        explanation = self.predictor.explain_encoded(encoding)
        if self.attribution:
            return word_scores(explanation, self.predictor.attribution(explanation).total.tolist())
        return word_scores(explanation, explanation.decomposition.total.tolist())


def word_scores(explanation: Explanation, by_token: Sequence[float]) -> WordScores:
    """Sum the contributions of the tokens of a text by word.

    Args:
        explanation: The text.
        by_token: Contribution of each token.
    """
    encoding = explanation.encoding
    by_word: dict[str, float] = {}
    for position in np.flatnonzero(encoding.known).tolist():
        word = encoding.read_word(position).lower()
        if any(map(str.isalnum, word)):
            by_word[word] = by_word.get(word, 0.0) + by_token[position]
    turn = explanation.turning_point
    if turn is None:
        return WordScores(by_word, None)
    # The second token of an emoji has no characters of its own in the text.
    return WordScores(by_word, encoding.word(turn) or encoding.read_word(turn))
