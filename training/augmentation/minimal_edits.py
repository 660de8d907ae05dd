"""Pairs of a review and its minimal edit, which has the opposite verdict.

After Yang et al. 2021, "Exploring the Efficacy of Automatically Generated Counterfactuals for
Sentiment Analysis" (arXiv 2106.15231): the words that carry the verdict, by the model's own
attribution, are exchanged for their opposites.

The label is flipped only if

- the model reads the review as it is labelled, so that its attribution shows what speaks for the
  label,
- the exchanged words had at least `MIN_TURNED` of all attribution that speaks for the label, so
  that no other words can still carry the old verdict, and
- the model gives the old label at most `MAX_KEPT` in the edited review. Where it does not follow,
  what was left unchanged usually still carries the old verdict, or an exchange was ungrammatical.

Some of the edits are mixed rather than turned; the target of an edit is therefore less certain than
that of a review.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from gatewise.models.errors import TextTooLongError
from gatewise.models.predictor import Predictor
from gatewise.training.augmentation.antonyms import Opposites, load_opposites
from gatewise.training.augmentation.records import AugmentedText
from gatewise.training.augmentation.surface import fit_article

PHENOMENON = "minimal edit"
MIN_TURNED = 0.3
MAX_KEPT = 0.3
# Longer reviews have too many words that carry the verdict without an opposite in the lexicon.
MAX_TOKENS = 300
_ORIGINAL_STRENGTH = 0.97
# Some edits leave a sentence of the old verdict.
_EDITED_STRENGTH = 0.85
# Words in a row before a word, among which a negation turns it.
_NEGATION_REACH = 3
_NEGATION = re.compile(r"\b(?:not|never|no|nothing|nobody|hardly|without|cannot|\w+n'?t)\b", re.I)


@dataclass(frozen=True)
class MinimalEdit:
    """A review with some words exchanged.

    Attributes:
        text: The edited review.
        turned: Share of the attribution that spoke for the label and that the exchanged words had.
    """

    text: str
    turned: float


def minimal_edits(
    predictor: Predictor, reviews: Iterable[tuple[str, int]], *, seed: int
) -> Iterator[AugmentedText]:
    """Yield pairs of reviews and their minimal edits.

    Args:
        predictor: The model whose attribution chooses the words.
        reviews: Texts with their labels, 0 or 1.
        seed: Seed of the choice between several opposites of a word.

    Yields:
        Each review that could be turned, followed by its edit. Both have the same group.
    """
    random = np.random.default_rng(seed)
    for number, (text, label) in enumerate(reviews):
        edit = edit_review(predictor, text, label, random=random)
        if edit is None or edit.turned < MIN_TURNED:
            continue
        positive = predictor.predict([edit.text])[0].probabilities["positive"]
        if (positive if label else 1 - positive) > MAX_KEPT:
            continue
        group = f"{PHENOMENON} {number}"
        original = _ORIGINAL_STRENGTH if label else 1 - _ORIGINAL_STRENGTH
        edited = 1 - _EDITED_STRENGTH if label else _EDITED_STRENGTH
        yield AugmentedText(text, round(original, 4), PHENOMENON, group)
        yield AugmentedText(edit.text, round(edited, 4), PHENOMENON, group)


def edit_review(
    predictor: Predictor, text: str, label: int, *, random: np.random.Generator
) -> MinimalEdit | None:
    """Exchange the words of a review that carry its verdict.

    Returns:
        The edit, or None if the review is too long, the model reads it otherwise than it is
        labelled, or no word with an opposite speaks for the label.
    """
    try:
        explanation = predictor.explain(text, max_tokens=MAX_TOKENS)
    except TextTooLongError:
        return None
    sign = 1 if label else -1
    if explanation.prediction.logit * sign <= 0:
        return None
    encoding = explanation.encoding
    support = predictor.attribution(explanation).total * sign  # (T,)
    opposites = load_opposites(positive=bool(label))
    pieces, at, turned = [], 0, 0.0
    for match in _unnegated(opposites, text):
        inside = (encoding.starts >= match.start()) & (encoding.ends <= match.end())  # (T,)
        carried = float(support[inside].sum())
        if carried <= 0:
            continue
        turned += carried
        options = opposites.replacements[match[0].lower()]
        replacement = options[int(random.integers(len(options)))]
        before = fit_article(text[at : match.start()], replacement)
        pieces += [before, _in_case_of(match[0], replacement)]
        at = match.end()
    if not pieces:
        return None
    edited = "".join([*pieces, text[at:]])
    return MinimalEdit(edited, turned / float(support[support > 0].sum()))


def _unnegated(opposites: Opposites, text: str) -> Iterator[re.Match[str]]:
    """Yield the words and phrases of a verdict that no negation precedes."""
    for match in opposites.pattern.finditer(text):
        clause = re.split(r"[.,;:!?()]", text[: match.start()])[-1]
        before = " ".join(clause.split()[-_NEGATION_REACH:])
        if not _NEGATION.search(before):
            yield match


def _in_case_of(original: str, replacement: str) -> str:
    """Write a replacement in the case of the original: lower, Capitalized or UPPER."""
    if original.isupper() and len(original) > 1:
        return replacement.upper()
    return replacement[:1].upper() + replacement[1:] if original[:1].isupper() else replacement
