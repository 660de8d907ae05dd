"""Calibrates which texts a model leaves undecided, on held-out texts and on texts of other kinds.

Held-out texts say how many of them a threshold leaves undecided: the thresholds are those that
leave a fixed share. Texts of other kinds (`other_texts.jsonl`: other languages, code, recipes,
nonsense, news and so on) say in which direction a text is unlike the training texts: the weights of
a logistic regression between the two.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from datasets import Dataset
from jaxtyping import Bool, Float64
from sklearn.linear_model import LogisticRegression

from gatewise.models.artifact.decision_rule import DecisionRule, Likeness
from gatewise.models.decision.language import foreign_confidence
from gatewise.models.decision.word_measures import measure_likeness, word_measures
from gatewise.models.predictor import Predictor
from gatewise.models.subject import stated_subject
from gatewise.models.tokenizer import UNKNOWN_ID

# Of each source of held-out texts, at most these shares are left undecided: because they are unlike
# the training texts, and because they have few words and a logit near 0.
UNLIKE_SHARE = 0.025
WEAK_SHARE = 0.01
# Of each source, the language of this share is identified, and this share is left undecided for it.
DOUBTFUL_SHARE = 0.2
FOREIGN_SHARE = 0.005
_LEAST_CONFIDENCE = 0.5
# With fewer held-out texts, their shares are too uncertain.
LEAST_TEXTS = 200
_LEAST_OF_SOURCE = 40
# A logit above this is never weak: P(positive) is then outside 40 % to 60 %.
_LARGEST_WEAK_LOGIT = 0.4
_FEW_WORDS = range(1, 11)
NEUTRAL = "neutral statement"


@dataclass(frozen=True)
class OtherText:
    """A text that no model of reviews can score.

    Attributes:
        kind: What it is, such as "recipe" or "code".
        part: Whether the rule is calibrated on it or measured with it.
        text: The text.
        language: ISO 639-1 code of its language, if that is what makes it unlike.
    """

    kind: str
    part: Literal["calibration", "held_out"]
    text: str
    language: str | None = None


@cache
def other_texts() -> tuple[OtherText, ...]:
    """Read the texts of other kinds. They were written for this purpose."""
    content = (files(__package__) / "other_texts.jsonl").read_text(encoding="utf-8")
    return tuple(OtherText(**json.loads(line)) for line in content.splitlines())


@dataclass(frozen=True)
class MeasuredTexts:
    """What the rule reads of texts.

    Attributes:
        likeness: The three numbers of `Likeness` for every text.
        content_words: Number of known words that carry meaning.
        logits: The logits.
        foreign: Confidence that each text is in another language than those of the training.
    """

    likeness: Float64[np.ndarray, "N 3"]
    content_words: Float64[np.ndarray, " N"]
    logits: Float64[np.ndarray, " N"]
    foreign: Float64[np.ndarray, " N"]

    def undecided(self, rule: DecisionRule) -> Bool[np.ndarray, " N"]:
        """Return which of the texts a rule leaves undecided."""
        score = scores(rule, self.likeness)  # (N,)
        is_foreign = (score < rule.doubtful_score) & (self.foreign >= rule.language_confidence)
        return (
            (score < rule.least_score)
            | is_foreign
            | (self.content_words <= rule.few_words) & (np.abs(self.logits) < rule.weak_logit)
        )


def measure_texts(predictor: Predictor, texts: Sequence[str]) -> MeasuredTexts:
    """Measure texts with a model."""
    tokenizer = predictor.artifact.tokenizer
    language = stated_subject(predictor.artifact.training).language
    table = word_measures(tokenizer.words, unknown=UNKNOWN_ID, english=language in {None, "en"})
    encodings = predictor.encode(texts)
    measured = [measure_likeness(table, encoding.ids) for encoding in encodings]
    return MeasuredTexts(
        np.array([likeness for likeness, _ in measured], dtype=np.float64).reshape(-1, 3),
        np.array([content for _, content in measured], dtype=np.float64),
        np.array([prediction.logit for prediction in predictor.predict_encoded(encodings)]),
        np.array([foreign_confidence(encoding, language or "en") for encoding in encodings]),
    )


def halves(held_out: Dataset) -> tuple[Dataset, Dataset]:
    """Return the held-out texts to calibrate on, and those to measure with: every other one."""
    count = len(held_out)
    return held_out.select(range(0, count, 2)), held_out.select(range(1, count, 2))


def calibrate_on_half(predictor: Predictor, held_out: Dataset) -> DecisionRule | None:
    """Calibrate the rule of a model on half of its held-out texts.

    Args:
        predictor: The model.
        held_out: Texts that it was not trained on, with the columns text and source. The shares
            are kept for each source with enough texts, because a review and a snippet are not
            equally easy to recognize.

    Returns:
        The rule, or None if there are too few texts.
    """
    texts, _ = halves(held_out)
    if len(texts) < LEAST_TEXTS:
        return None
    measured = measure_texts(predictor, texts["text"][:])
    return fit_rule(measured, np.array(texts["source"][:]), measure_others(predictor))


@dataclass(frozen=True)
class MeasuredOthers:
    """The texts of other kinds that a rule is calibrated on, measured.

    Attributes:
        unlike: Texts of other kinds.
        neutral: Statements about the subject without an opinion.
    """

    unlike: MeasuredTexts
    neutral: MeasuredTexts


def measure_others(predictor: Predictor) -> MeasuredOthers:
    """Measure the texts of other kinds with a model, without those in its own language."""
    language = stated_subject(predictor.artifact.training).language or "en"
    others = [
        text for text in other_texts() if text.part == "calibration" and text.language != language
    ]
    unlike = [text.text for text in others if text.kind != NEUTRAL]
    neutral = [text.text for text in others if text.kind == NEUTRAL]
    return MeasuredOthers(measure_texts(predictor, unlike), measure_texts(predictor, neutral))


def fit_rule(
    held_out: MeasuredTexts,
    sources: np.ndarray,
    others: MeasuredOthers,
    *,
    unlike_share: float = UNLIKE_SHARE,
    weak_share: float = WEAK_SHARE,
) -> DecisionRule:
    """Fit the rule to measured texts.

    Args:
        held_out: Texts like the training texts.
        sources: Their sources, (N,).
        others: Texts of other kinds.
        unlike_share: Share of a source to leave undecided because it is unlike the training texts.
        weak_share: Share to leave undecided because of few words and a logit near 0.
    """
    groups = _groups(sources)
    weights = _separating_weights(held_out.likeness, groups, others.unlike.likeness)
    typical = np.mean([held_out.likeness[group].mean(axis=0) for group in groups], axis=0)  # (3,)
    rule = DecisionRule(
        weights=Likeness(*weights.tolist()),
        typical=Likeness(*typical.tolist()),
        least_score=0.0,
        doubtful_score=0.0,
        language_confidence=0.0,
        few_words=0,
        weak_logit=0.0,
    )
    score = scores(rule, held_out.likeness)  # (N,)
    least = min(float(np.quantile(score[group], unlike_share, method="lower")) for group in groups)
    doubtful = min(float(np.quantile(score[group], DOUBTFUL_SHARE)) for group in groups)
    confidence = max(
        _foreign_limit(held_out.foreign[group & (score < doubtful)], FOREIGN_SHARE * group.sum())
        for group in groups
    )
    neutral, options = others.neutral, []
    for few in _FEW_WORDS:
        weak = min(_weak_logit(held_out, group, few, weak_share) for group in groups)
        found = (neutral.content_words <= few) & (np.abs(neutral.logits) < weak)  # (M,)
        options.append((int(found.sum()), -few, weak))
    _, few, weak = max(options)
    return rule.model_copy(
        update={
            "least_score": least,
            "doubtful_score": doubtful,
            "language_confidence": confidence,
            "few_words": -few,
            "weak_logit": weak,
        }
    )


def scores(rule: DecisionRule, likeness: Float64[np.ndarray, "N 3"]) -> Float64[np.ndarray, " N"]:
    """Compute the score of texts, as `DecisionRule.score` does for one."""
    return np.array([rule.score(Likeness(*row)) for row in likeness.tolist()])


def _groups(sources: np.ndarray) -> list[Bool[np.ndarray, " N"]]:
    """Return which texts are of each source with enough of them; all texts if there is none."""
    found = [sources == source for source in np.unique(sources)]  # (N,) each
    large = [group for group in found if group.sum() >= _LEAST_OF_SOURCE]
    return large or [np.ones(len(sources), dtype=bool)]


def _separating_weights(
    likeness: Float64[np.ndarray, "N 3"],
    groups: Sequence[Bool[np.ndarray, " N"]],
    unlike: Float64[np.ndarray, "M 3"],
) -> Float64[np.ndarray, "3"]:
    """Fit a logistic regression in which sources, and held-out and other texts, count equally."""
    parts = [*(likeness[group] for group in groups), unlike]
    rows = np.concatenate(parts)  # (K, 3)
    is_like = np.concatenate([np.full(len(part), part is not unlike) for part in parts])  # (K,)
    shares = [1 / len(groups)] * len(groups) + [1.0]
    weight = np.concatenate(
        [np.full(len(part), share / len(part)) for part, share in zip(parts, shares, strict=True)]
    )  # (K,)
    scale = rows.std(axis=0)  # (3,)
    scale[scale == 0] = 1
    model = LogisticRegression(max_iter=1_000)
    model.fit(rows / scale, is_like, sample_weight=weight * len(rows) / 2)
    return model.coef_[0] / scale


def _foreign_limit(confidence: Float64[np.ndarray, " n"], allowed: float) -> float:
    """Return the confidence above which no more than an allowed number of texts are."""
    falling = -np.sort(-confidence)  # (n,)
    first = int(allowed)
    # The least number above that of the first text that is to stay decided.
    reached = float(np.nextafter(falling[first], 2)) if first < len(falling) else 0.0
    return max(reached, _LEAST_CONFIDENCE)


def _weak_logit(
    held_out: MeasuredTexts, group: Bool[np.ndarray, " N"], few: int, share: float
) -> float:
    """Return the largest |logit| below which at most a share of a source has few words."""
    short = group & (held_out.content_words <= few)  # (N,)
    strengths = np.sort(np.abs(held_out.logits[short]))  # (n,)
    allowed = int(share * group.sum())
    largest = float(strengths[allowed]) if allowed < len(strengths) else _LARGEST_WEAK_LOGIT
    return min(largest, _LARGEST_WEAK_LOGIT)
