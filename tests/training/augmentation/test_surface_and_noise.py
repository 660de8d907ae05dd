"""How expanded templates are written, and typing noise."""

import pytest

from gatewise.training.augmentation.noise import add_typing_noise
from gatewise.training.augmentation.surface import Style, fit_article, write


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a excellent film.", "An excellent film."),
        ("a unimaginative film.", "An unimaginative film."),
        ("a unique film.", "A unique film."),
        ("a useful film.", "A useful film."),
        ("a honest film.", "An honest film."),
        ("a one-sided film.", "A one-sided film."),
        ("a European film.", "A European film."),
        ("an good film.", "A good film."),
        ('not a "awful" film.', 'Not an "awful" film.'),
        ("a 8 out of 10.", "An 8 out of 10."),
    ],
)
def test_the_article_fits_the_next_word(written: str, expected: str) -> None:
    assert write(written, Style()) == expected


def test_sentences_begin_with_capitals() -> None:
    text = '"good", they said. so what? it is bad! i agree: "bad."'
    assert write(text, Style()) == '"Good", they said. So what? It is bad! I agree: "Bad."'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("it is not good.", "It isn't good."),
        ("it is good.", "It's good."),
        ("I know what it is.", "I know what it is."),
        ("I cannot say.", "I can't say."),
        ("they will not come.", "They won't come."),
        ("I have never been.", "I've never been."),
        ("I have complaints.", "I have complaints."),
        ("what they made of it is good.", "What they made of it is good."),
    ],
)
def test_contractions_stand_where_english_has_them(written: str, expected: str) -> None:
    assert write(written, Style(contract=True)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("it is not good.", "It isnt good."),
        ("I cannot say.", "I cant say."),
        ("that is good.", "Thats good."),
        ("it is good.", "It's good."),
    ],
)
def test_contractions_may_lack_their_apostrophe(written: str, expected: str) -> None:
    assert write(written, Style(contract=True, apostrophes=False)) == expected


def test_the_ending_replaces_the_last_full_stop_only() -> None:
    assert write("good. very good.", Style(ending="!")) == "Good. Very good!"
    assert write("good?", Style(ending="!")) == "Good?"


@pytest.mark.parametrize(
    ("before", "word", "expected"),
    [
        ("it is a ", "awful", "it is an "),
        ("An ", "bad", "A "),
        ("it is ", "awful", "it is "),
        ("data ", "awful", "data "),
    ],
)
def test_the_article_before_an_exchanged_word_fits(before: str, word: str, expected: str) -> None:
    assert fit_article(before, word) == expected


TEXT = "I think that the film was too long, and it is not for you. The cast was fine."


def test_typing_noise_changes_a_text() -> None:
    noisy = {add_typing_noise(TEXT, iter([step / 20] * 12)) for step in range(20)}
    assert len(noisy) > 5
    assert TEXT not in noisy


@pytest.mark.parametrize("step", range(20))
def test_typing_noise_leaves_negations_alone(step: int) -> None:
    noisy = add_typing_noise(TEXT, iter([step / 20] * 12))
    assert noisy.split().count("not") == 1
    assert "no" not in noisy.split()
