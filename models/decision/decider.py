"""Decides whether a model can score a text, and states the reasons to doubt a prediction."""

from dataclasses import dataclass

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.artifact.decision_rule import DecisionRule, Likeness
from gatewise.models.decision.language import foreign_confidence, identify_language
from gatewise.models.decision.word_measures import measure_likeness, word_measures
from gatewise.models.subject import LANGUAGES, stated_subject
from gatewise.models.tokenizer import UNKNOWN_ID, Encoding

# Below this share of known words, a prediction has a warning.
LOW_COVERAGE = 0.5


@dataclass(frozen=True)
class Assessment:
    """Whether a text is left undecided, and why.

    Attributes:
        undecided: Whether the model cannot score the text.
        warnings: Reasons to doubt the prediction, as sentences; at least one if undecided.
    """

    undecided: bool
    warnings: tuple[str, ...]


_NO_DOUBT = Assessment(undecided=False, warnings=())


class Decider:
    """Applies the decision rule of a model to texts.

    A model without a rule, exported before there were any or with too few held-out texts, leaves
    undecided every text of whose words it knows less than half.
    """

    def __init__(self, artifact: Artifact) -> None:
        """Prepare the rule of a model."""
        self._rule: DecisionRule | None = artifact.decision
        subject = stated_subject(artifact.training)
        self._texts = subject.texts
        self._language = subject.language or "en"
        self._table = (
            word_measures(
                artifact.tokenizer.words,
                unknown=UNKNOWN_ID,
                english=subject.language in {None, "en"},
            )
            if self._rule
            else None
        )

    def assess(self, encoding: Encoding, logit: float) -> Assessment:
        """Return whether a text is left undecided, and the reasons to doubt its prediction.

        Args:
            encoding: The text.
            logit: Its logit.
        """
        coverage = encoding.coverage
        if self._rule is None or self._table is None:
            return _NO_DOUBT if coverage >= LOW_COVERAGE else self._unknown(coverage, True)
        rule = self._rule
        likeness, content_words = measure_likeness(self._table, encoding.ids)
        score = rule.score(likeness)
        if score < max(rule.least_score, rule.doubtful_score):
            is_foreign = foreign_confidence(encoding, self._language) >= rule.language_confidence
            if is_foreign:
                return self._other_language(encoding)
            if score < rule.least_score:
                return self._unlike(rule.shortfalls(likeness), coverage)
        if rule.is_weak(content_words, logit):
            return self._weak()
        return _NO_DOUBT if coverage >= LOW_COVERAGE else self._unknown(coverage, False)

    def _unlike(self, shortfalls: Likeness, coverage: float) -> Assessment:
        largest = max(shortfalls)
        if coverage < LOW_COVERAGE or shortfalls.unknown == largest:
            return self._unknown(coverage, True)
        return self._few_common() if shortfalls.common == largest else self._other_subject()

    def _unknown(self, coverage: float, undecided: bool) -> Assessment:
        return Assessment(
            undecided,
            (
                f"The model knows only {coverage:.0%} of these words and treats all others as the "
                f"same unknown word, so this prediction is unreliable. {self._training}",
            ),
        )

    def _other_language(self, encoding: Encoding) -> Assessment:
        code, _ = identify_language(encoding)
        name = LANGUAGES[code] if code else "another language"
        return Assessment(
            True,
            (f"This text seems to be {name}, so this prediction is unreliable. {self._training}",),
        )

    def _few_common(self) -> Assessment:
        return Assessment(
            True,
            (
                "Few of the most frequent words of the training texts occur in this text: it may "
                "be in another language, code or a list, so this prediction is unreliable. "
                f"{self._training}",
            ),
        )

    def _other_subject(self) -> Assessment:
        return Assessment(
            True,
            (
                "The words of this text are unlike those of the training texts: it may be about "
                f"something else, so this prediction is unreliable. {self._training}",
            ),
        )

    @staticmethod
    def _weak() -> Assessment:
        return Assessment(
            True,
            (
                "This text has few words, and they are evidence for neither label. Pass a longer "
                "text, or one that states an opinion.",
            ),
        )

    @property
    def _training(self) -> str:
        return f"The model was trained on {self._texts}: pass texts of that kind."
