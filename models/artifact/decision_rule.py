"""The rule by which texts are left undecided, and the file of an artifact that stores it.

`training.evaluation.undecided` calibrates the rule on held-out texts; `decision` applies it.
"""

from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from gatewise.models.errors import ArtifactCorruptError, ArtifactMismatchError

_Natural = Annotated[int, Field(ge=0)]


class Likeness(NamedTuple):
    """How much a text is like those that a model was trained on, in three numbers.

    Attributes:
        unknown: Share of the words that are not in the vocabulary.
        common: Share of the words that are among the most frequent ones of the training texts.
        domain: Mean over the words of log(frequency in the training texts / frequency in English).
    """

    unknown: FiniteFloat
    common: FiniteFloat
    domain: FiniteFloat


class DecisionRule(BaseModel):
    """Which texts are left undecided.

    A text is undecided if it is unlike the training texts, that is, if its score

        Σ weights · (likeness of the text − typical likeness)

    is below `least_score`; if the score is below `doubtful_score` and the text is in another
    language; or if it has few words that carry meaning and |logit| is near 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Likeness
    """Weight of each number of the likeness."""
    typical: Likeness
    """Mean likeness of held-out texts."""
    least_score: FiniteFloat
    """Texts with a lower score are undecided."""
    doubtful_score: FiniteFloat
    """The language of texts with a lower score is identified."""
    language_confidence: FiniteFloat
    """Confidence that a text is in another language from which it is undecided."""
    few_words: _Natural
    """A text has few words if no more than these carry meaning."""
    weak_logit: Annotated[FiniteFloat, Field(ge=0)]
    """Texts of few words are undecided if |logit| is lower."""

    def shortfalls(self, likeness: Likeness) -> Likeness:
        """Return by how much each number lowers the score, which is 0 for a typical text."""
        return Likeness(
            *(
                weight * (typical - value)
                for weight, typical, value in zip(self.weights, self.typical, likeness, strict=True)
            )
        )

    def score(self, likeness: Likeness) -> float:
        """Return the score of a text."""
        weights, typical = self.weights, self.typical  # in full: this is run for every text
        return (
            weights.unknown * (likeness.unknown - typical.unknown)
            + weights.common * (likeness.common - typical.common)
            + weights.domain * (likeness.domain - typical.domain)
        )

    def is_weak(self, content_words: int, logit: float) -> bool:
        """Return whether a text has few words that carry meaning, and a logit near 0."""
        return content_words <= self.few_words and abs(logit) < self.weak_logit


class _StoredRule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    rule: DecisionRule


def rule_to_json(rule: DecisionRule, *, model: str) -> str:
    """Return the content of the file.

    Args:
        rule: The rule.
        model: SHA-256 of the weights that the rule was calibrated for.
    """
    return _StoredRule(model=model, rule=rule).model_dump_json(indent=2) + "\n"


def read_rule(content: bytes, *, name: str, model: str) -> DecisionRule:
    """Read the content of the file.

    The file has no checksum in `config.json`, so that it can be added to an exported model, and its
    thresholds changed. It names the weights that it belongs to instead.

    Args:
        content: The content.
        name: Name of the file, for error messages.
        model: SHA-256 of the weights of the model.

    Raises:
        ArtifactCorruptError: It is no rule.
        ArtifactMismatchError: The rule was calibrated for other weights.
    """
    try:
        stored = _StoredRule.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ArtifactCorruptError(
            f"{name} is damaged ({place + ': ' if place else ''}{first['msg']}). Delete it, and "
            "calibrate it again with `python -m training.studies.undecided`."
        ) from error
    if stored.model != model:
        raise ArtifactMismatchError(
            f"{name} was calibrated for another model. Delete it, and calibrate it again with "
            "`python -m training.studies.undecided`."
        )
    return stored.rule
