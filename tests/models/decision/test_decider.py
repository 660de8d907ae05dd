"""Which texts are left undecided, and the reasons that are given."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.artifact.decision_rule import DecisionRule, Likeness
from gatewise.models.decision.decider import LOW_COVERAGE, Decider
from gatewise.models.decision.language import foreign_confidence, identify_language
from gatewise.models.decision.word_measures import measure_likeness, word_measures
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import UNKNOWN_ID

NEVER = DecisionRule(
    weights=Likeness(-10.0, 10.0, 5.0),
    typical=Likeness(0.0, 0.6, 0.0),
    least_score=-1e6,
    few_words=0,
    weak_logit=0.0,
    doubtful_score=-1e6,
    language_confidence=0.9,
)
STRICT = NEVER.model_copy(update={"least_score": -2.0})
WEAK = NEVER.model_copy(update={"few_words": 4, "weak_logit": 1e3})
# The first words are the most frequent ones.
VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "the",
    ".",
    "of",
    "storyline",
    "web",
    "qwertz",
    "8/10",
    "it",
]
WORDS = ["a", "great", "movie", "the", "plot", "was", "boring", "zyzzyva", "qwx", "!"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=30).map(" ".join)
numbers = st.floats(-10, 10)
likenesses = st.tuples(numbers, numbers, numbers).map(lambda values: Likeness(*values))


def with_rule(artifact: Artifact, rule: DecisionRule | None) -> Predictor:
    return Predictor(replace(artifact, decision=rule))


@given(likeness=likenesses, share=st.floats(0, 1))
def test_a_larger_share_of_unknown_words_never_raises_the_score(
    likeness: Likeness, share: float
) -> None:
    more = likeness._replace(unknown=likeness.unknown + share)
    assert STRICT.score(more) <= STRICT.score(likeness)


@given(likeness=likenesses)
def test_the_shortfalls_add_up_to_the_score(likeness: Likeness) -> None:
    assert STRICT.score(likeness) == pytest.approx(-sum(STRICT.shortfalls(likeness)))


def test_a_typical_text_has_a_score_of_0() -> None:
    assert STRICT.score(STRICT.typical) == 0


@given(words=st.integers(0, 20), logit=numbers)
def test_a_text_is_weak_only_if_it_is_short_and_its_logit_is_near_0(
    words: int, logit: float
) -> None:
    rule = NEVER.model_copy(update={"few_words": 5, "weak_logit": 0.3})
    assert rule.is_weak(words, logit) == (words <= 5 and abs(logit) < 0.3)


@given(text=texts)
def test_an_undecided_text_has_a_reason_and_keeps_label_and_probabilities(
    artifact: Artifact, text: str
) -> None:
    undecided = with_rule(artifact, STRICT).predict([text])[0]
    decided = with_rule(artifact, NEVER).predict([text])[0]
    assert not decided.undecided
    assert bool(undecided.warnings) >= undecided.undecided
    assert undecided.logit == decided.logit
    assert undecided.probabilities == decided.probabilities
    assert undecided.label == decided.label


@given(many=st.lists(texts, min_size=1, max_size=6))
def test_other_texts_of_the_batch_make_no_difference(artifact: Artifact, many: list[str]) -> None:
    predictor = with_rule(artifact, STRICT)
    alone = [predictor.predict([text])[0].undecided for text in many]
    assert [prediction.undecided for prediction in predictor.predict(many)] == alone


@given(text=texts)
def test_case_and_space_around_a_text_make_no_difference(artifact: Artifact, text: str) -> None:
    first, *others = with_rule(artifact, STRICT).predict([text, text.upper(), f"  {text} \n"])
    assert {other.undecided for other in others} == {first.undecided}
    assert {other.warnings for other in others} == {first.warnings}


@given(text=texts)
def test_an_explanation_is_as_undecided_as_the_prediction(artifact: Artifact, text: str) -> None:
    predictor = with_rule(artifact, STRICT)
    prediction, explained = predictor.predict([text])[0], predictor.explain(text).prediction
    assert explained.undecided == prediction.undecided
    assert explained.warnings == prediction.warnings


@given(text=texts)
def test_without_a_rule_a_text_is_undecided_if_few_of_its_words_are_known(
    artifact: Artifact, text: str
) -> None:
    prediction = with_rule(artifact, None).predict([text])[0]
    assert prediction.undecided == (prediction.coverage < LOW_COVERAGE)


def test_a_text_of_unknown_words_is_undecided_because_of_them(artifact: Artifact) -> None:
    (warning,) = with_rule(artifact, STRICT).predict(["zyzzyva qwx zyzzyva"])[0].warnings
    assert "knows only 0% of these words" in warning


def test_a_text_in_another_language_is_undecided_if_it_is_in_doubt(artifact: Artifact) -> None:
    text = "Это очень скучный фильм, и актёры играли плохо."
    doubtful = NEVER.model_copy(update={"doubtful_score": 1e6, "language_confidence": 0.5})
    prediction = with_rule(artifact, doubtful).predict([text])[0]
    assert prediction.undecided
    assert "seems to be Russian" in prediction.warnings[0]
    assert not with_rule(artifact, NEVER).predict([text])[0].undecided


def test_a_text_in_the_language_of_the_model_is_not_foreign(artifact: Artifact) -> None:
    encoding = artifact.tokenizer.encode("Der Film war leider sehr langweilig und viel zu lang.")
    assert foreign_confidence(encoding, "de") == 0
    assert foreign_confidence(encoding, "en") > 0.5
    assert foreign_confidence(encoding, "gd") == 0  # which cannot be identified


def test_the_language_of_a_few_letters_is_not_identified(artifact: Artifact) -> None:
    assert identify_language(artifact.tokenizer.encode("Ja, ja 10/10 !!!")) == (None, 0.0)


@given(text=texts)
def test_case_does_not_change_the_language(artifact: Artifact, text: str) -> None:
    lower, upper = artifact.tokenizer.encode(text), artifact.tokenizer.encode(text.upper())
    assert identify_language(lower) == identify_language(upper)


def test_few_words_without_a_lean_are_undecided_because_of_that(artifact: Artifact) -> None:
    prediction = with_rule(artifact, WEAK).predict(["The movie"])[0]
    assert prediction.undecided
    assert "few words" in prediction.warnings[0]


def test_many_unknown_words_are_a_warning_also_where_the_rule_decides(artifact: Artifact) -> None:
    prediction = with_rule(artifact, NEVER).predict(["zyzzyva qwx movie"])[0]
    assert not prediction.undecided
    assert "knows only 33% of these words" in prediction.warnings[0]


@pytest.mark.parametrize(
    ("training", "trained_on"),
    [
        ({}, "English movie reviews"),
        ({"language": "de", "domain": "Hotelkritiken"}, "German Hotelkritiken"),
        ({"language": None, "domain": None}, "texts"),
    ],
)
def test_a_warning_states_what_the_model_was_trained_on(
    artifact: Artifact, training: dict[str, str | None], trained_on: str
) -> None:
    decider = Decider(replace(artifact, decision=STRICT, training=training))
    encoding = artifact.tokenizer.encode("zyzzyva qwx zyzzyva")
    (warning,) = decider.assess(encoding, 1.0).warnings
    assert f"was trained on {trained_on}:" in warning


def test_words_of_the_domain_have_a_larger_quotient_than_others() -> None:
    table = word_measures(VOCABULARY, unknown=UNKNOWN_ID, english=True)
    domain = dict(zip(VOCABULARY, table[3].tolist(), strict=True))
    assert domain["storyline"] > domain["web"]
    assert domain["qwertz"] == domain["."] == 0  # of which the frequency in English is unknown
    assert domain["8/10"] == table[3].max()


def test_the_domain_of_another_language_is_not_measured() -> None:
    table = word_measures(VOCABULARY[:-2], unknown=UNKNOWN_ID, english=False)
    assert not table[3].any()


def test_unknown_words_count_and_punctuation_does_not() -> None:
    table = word_measures(VOCABULARY, unknown=UNKNOWN_ID, english=True)
    with_point, _ = measure_likeness(table, np.array([2, 1, 5, 3, 3], dtype=np.int32))
    without, content = measure_likeness(table, np.array([2, 1, 5], dtype=np.int32))
    assert with_point == without
    assert without.unknown == 1 / 4
    assert content == 0  # all known words of so small a vocabulary are among the most frequent
