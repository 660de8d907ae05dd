"""MFT and INV of reading: what each kind of writing is read as, and that offsets stay exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.text.reader import read_text


def words(text: str) -> str:
    return " ".join(read_text(text).text.split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a mo\u00advie", "a movie"),
        ("gre\u200bat", "great"),
        ("\ufeffgreat", "great"),
        ("\u202agreat\u202c", "great"),
        ("\uff47\uff52\uff45\uff41\uff54", "great"),
        ("\ufb01lm", "film"),
        ("\U0001d420\U0001d42b\U0001d41e\U0001d41a\U0001d42d", "great"),
        ("cafe\u0301", "caf\u00e9"),
        ("gr\u0435\u0430t", "great"),
        ("\u03bfk then, f\u03b9lm", "ok then, film"),
        ("a\u00a0great\u2003film\u3000here", "a great film here"),
    ],
)
def test_unicode_forms_are_read_as_one(written: str, read: str) -> None:
    assert words(written) == read


@pytest.mark.parametrize("apostrophe", "'\u2018\u2019\u02bc\u00b4`\u2032\uff07\u201b")
def test_every_apostrophe_is_read_as_one(apostrophe: str) -> None:
    assert words(f"I don{apostrophe}t") == "I don't"


@pytest.mark.parametrize("dash", ["\u2014", "\u2015"])
def test_a_long_dash_is_read_as_two_hyphens(dash: str) -> None:
    assert words(f"Long{dash}and dull") == "Long--and dull"


def test_an_emoji_is_read_in_the_sense_that_reviewers_give_it() -> None:
    assert words("Saw it \U0001f44e") == "Saw it bad"


@pytest.mark.parametrize("escaped", ["don&#39;t", "don&#x27;t", "don&apos;t", "don&amp;#39;t"])
def test_character_references_are_decoded(escaped: str) -> None:
    assert words(escaped) == "don't"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It\u0092s", "It's"),
        ("It\u00e2\u20ac\u2122s great\u00e2\u20ac\u00a6", "It's great..."),
        ("caf\u00c3\u00a9", "caf\u00e9"),
    ],
)
def test_wrongly_decoded_text_is_repaired(written: str, read: str) -> None:
    assert words(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>Great</p>", "Great"),
        ("Great.<br />Really.", "Great. Really."),
        ("<b>G</b>reat <i>film</i>", "Great film"),
        ('<a href="x">Great</a>', "Great"),
        ("Great<!-- not <b>this</b> --> film", "Great film"),
        ("<style>p { color: red }</style>Great", "Great"),
        ("&lt;p&gt;Great&lt;/p&gt;", "Great"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("**Great** _film_ ***truly***", "Great film truly"),
        ("# Great\n> a film", "Great a film"),
        ("[Great](http://example.org/x_(y)) film", "Great film"),
        ("[spoiler]He dies[/spoiler]", "He dies"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
    ],
)
def test_markup_is_left_out(written: str, read: str) -> None:
    assert words(written) == read


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c", "www.example.org", "me@example.org", "@somebody"]
)
def test_addresses_are_left_out(address: str) -> None:
    assert words(f"Great film {address}") == "Great film"


@pytest.mark.parametrize(
    ("tag", "read"),
    [("#GreatMovie", "Great Movie"), ("#mustsee", "mustsee"), ("#HBOShow2", "HBO Show 2")],
)
def test_tags_are_read_word_by_word(tag: str, read: str) -> None:
    assert words(tag) == read


@pytest.mark.parametrize(
    ("rating", "read"),
    [
        ("90/100", "9/10"),
        ("10/100", "1/10"),
        ("3.5/5", "7/10"),
        ("8 / 10", "8/10"),
        ("4 out of 5", "8/10"),
        ("four out of five stars", "8/10"),
        ("\u2605\u2605\u2606\u2606\u2606", "4/10"),
        ("\u2605\u2605\u2605\u2605\u00bd", "9/10"),
        ("\u2b50\u2b50\u2b50\u2b50\u2b50", "10/10"),
        ("** out of ****", "5/10"),
        ("*** 1/2 out of *****", "7/10"),
        ("B+", "8/10"),
        ("Grade: D.", "Grade: 3/10 ."),
        ("<i>Grade: F</i>", "Grade: 1/10"),
        ("two out of ten", "2/10"),
        ("4  out\u00a0of  4", "10/10"),
        ("\uff0a\uff0a\uff0a\uff0a/\uff0a\uff0a\uff0a\uff0a", "10/10"),
        ("3.5/1\uff10", "4/10"),
        ("4 \u043eut of 4", "10/10"),
        ("\u200b4 \u200bout \u200bof \u200b4", "10/10"),
    ],
)
def test_ratings_are_read_out_of_ten(rating: str, read: str) -> None:
    assert words(rating) == read


@pytest.mark.parametrize(
    "text",
    ["24/7", "9/11/2001", "an A-list actor", "vitamin C", "Plan B", "8/10", "1/2 of it", "12/10"],
)
def test_what_is_no_rating_stays(text: str) -> None:
    assert words(text) == text


@pytest.mark.parametrize(
    ("symbol", "read"),
    [
        ("\U0001f44d", "thumbs up"),
        ("\U0001f44d\U0001f3fd", "thumbs up"),
        ("\u2764\ufe0f", "red heart"),
        ("So good :-)", "So good happy"),
        ("Bad =(", "Bad disappointing"),
        ("I <3 it", "I love it"),
        ("(a note:)", "(a note:)"),
    ],
)
def test_emoji_and_emoticons_are_read_as_words(symbol: str, read: str) -> None:
    assert words(symbol) == read


PIECES = st.sampled_from(
    ["<br />", "<b>", "</b>", "&amp;", "&lt;", "**", "_", "#Tag", "@me", "http://a.b/c", "8/10",
     "4 out of 5", "\u2605", "\u00bd", ":)", "\u00e2\u20ac\u2122", "e\u0301", "\u00ad", "\ufeff",
     "\U0001f44d\U0001f3fd", "\U0001f469\u200d\U0001f467", "gr\u0435at", "\u0130", "B+", "don`t"]
)  # fmt: skip
MARKED_UP = st.lists(st.one_of(st.text(max_size=5), PIECES), max_size=12).map("".join)


@given(MARKED_UP)
def test_offsets_are_in_order_and_inside_the_text(text: str) -> None:
    aligned = read_text(text)
    places = np.arange(len(aligned.text), dtype=np.int32)
    starts, ends = aligned.spans(places, places + 1)
    assert (starts <= ends).all()
    assert (ends[:-1] <= starts[1:]).all()
    assert not len(ends) or ends[-1] <= len(text)


@given(MARKED_UP)
def test_a_plain_letter_keeps_its_place(text: str) -> None:
    marked = f"{text} zebra {text}"
    aligned = read_text(marked)
    place = aligned.text.find(" zebra ") + 1
    assert place > 0
    spans = aligned.spans(np.array([place], dtype=np.int32), np.array([place + 5], dtype=np.int32))
    assert marked[spans[0][0] : spans[1][0]] == "zebra"


@given(st.text(alphabet=st.characters(max_codepoint=0x7F), max_size=60))
def test_reading_a_second_time_changes_nothing_but_markup(text: str) -> None:
    once = read_text(text).text
    assert read_text(once.replace("&", "").replace("<", "")).text.isascii()
