"""Sentences and clauses: where they are split, and that they have all tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models import Predictor
from gatewise.models.explain.phrases import clause_spans, is_punctuation, sentence_spans


def sentences(predictor: Predictor, text: str) -> list[str]:
    (encoding,) = predictor.encode([text])
    return [
        text[encoding.starts[span.start] : encoding.ends[span.end - 1]]
        for span in sentence_spans(encoding)
    ]


def clauses(predictor: Predictor, text: str) -> list[str]:
    (encoding,) = predictor.encode([text])
    return [
        text[encoding.starts[span.start] : encoding.ends[span.end - 1]]
        for span in clause_spans(encoding, sentence_spans(encoding))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A fine film. I loved it!", ["A fine film.", "I loved it!"]),
        ("Really?! No. No!!!", ["Really?!", "No.", "No!!!"]),
        ('He said "Go away." Then he left.', ['He said "Go away."', "Then he left."]),
        ('It was bad. "Awful" is the word.', ["It was bad.", '"Awful" is the word.']),
        ("(It was bad.) I left.", ["(It was bad.)", "I left."]),
        ("Mr. Smith and J. Doe act. Well.", ["Mr. Smith and J. Doe act.", "Well."]),
        (
            "I waited... and waited... Then it ended.",
            ["I waited... and waited...", "Then it ended."],
        ),
        ("A fine film<br /><br />I loved it", ["A fine film", "I loved it"]),
        ("A fine film\n\nI loved it", ["A fine film", "I loved it"]),
        ("all in lower case. it works", ["all in lower case.", "it works"]),
        ("7.5 out of 10. Fine.", ["7.5 out of 10.", "Fine."]),
        ("!!!", ["!!!"]),
    ],
)
def test_sentences_end_at_their_punctuation(
    predictor: Predictor, text: str, expected: list[str]
) -> None:
    assert sentences(predictor, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A slow start, but the end is great!", ["A slow start,", "but the end is great!"]),
        ("I like it although it is long.", ["I like it", "although it is long."]),
        ("However, I like it.", ["However, I like it."]),
        ("It is funny, clever, moving.", ["It is funny,", "clever, moving."]),
        ("A fine film – a great one; see it.", ["A fine film –", "a great one;", "see it."]),
        ("A fine film -- a great one.", ["A fine film --", "a great one."]),
        ("A well-made film.", ["A well-made film."]),
        ("Fine.", ["Fine."]),
        ("The plot is thin. But I love it.", ["The plot is thin.", "But I love it."]),
    ],
)
def test_clauses_end_at_punctuation_and_before_conjunctions(
    predictor: Predictor, text: str, expected: list[str]
) -> None:
    assert clauses(predictor, text) == expected


@given(
    words=st.lists(
        st.sampled_from(
            ["film", "but", "good", ",", ".", "!", "...", '"', "(", ")", "-", ";", "\n\n"]
        ),
        min_size=1,
        max_size=30,
    ).filter(lambda words: any(word.strip() for word in words))
)
def test_phrases_have_all_tokens_once_and_sentences_have_whole_clauses(
    predictor: Predictor, words: list[str]
) -> None:
    (encoding,) = predictor.encode([" ".join(words)])
    in_sentences = sentence_spans(encoding)
    in_clauses = clause_spans(encoding, in_sentences)
    for spans in (in_sentences, in_clauses):
        places = [place for span in spans for place in range(span.start, span.end)]
        assert places == list(range(len(encoding)))
    assert {span.end for span in in_sentences} <= {span.end for span in in_clauses}


@pytest.mark.parametrize(
    ("word", "expected"),
    [(".", True), ("...", True), ("film", False), ("10", False), ("🎬", False)],
)
def test_punctuation_has_no_letter_digit_or_symbol(word: str, expected: bool) -> None:
    assert is_punctuation(word) == expected
