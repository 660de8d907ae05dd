"""Edits keep every character of the read text aligned with the original."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.text.alignment import AlignedText, Edit


@st.composite
def texts_with_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Draw a text with edits that neither overlap nor replace nothing."""
    text = draw(st.text(min_size=1, max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [Edit(start, end, draw(st.text(max_size=4))) for start, end in spans]


def characters(aligned: AlignedText) -> list[tuple[int, int]]:
    """Return what each character of the read text stands for, asked for one at a time."""
    found = []
    for place in range(len(aligned.text)):
        span = np.array([place], dtype=np.int32), np.array([place + 1], dtype=np.int32)
        starts, ends = aligned.spans(*span)
        found.append((int(starts[0]), int(ends[0])))
    return found


def test_a_text_without_edits_stands_for_itself() -> None:
    aligned = AlignedText("film").edited([])
    starts, ends = np.array([0], dtype=np.int32), np.array([4], dtype=np.int32)
    assert aligned.text == "film"
    assert [span.tolist() for span in aligned.spans(starts, ends)] == [[0], [4]]


def test_a_replacement_stands_for_what_it_replaces() -> None:
    aligned = AlignedText("a&amp;b").edited([Edit(1, 6, "&")])
    assert aligned.text == "a&b"
    assert characters(aligned) == [(0, 1), (1, 6), (6, 7)]


def test_a_second_edit_refers_to_the_original() -> None:
    aligned = AlignedText("a&amp;b").edited([Edit(1, 6, "&")]).edited([Edit(1, 2, " and ")])
    assert aligned.text == "a and b"
    assert characters(aligned)[1:6] == [(1, 6)] * 5


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ([0, 6], [5, 9], [(0, 1), (1, 1)]),  # `thumbs` and `up` for one emoji
        ([0], [9], [(0, 1)]),
    ],
)
def test_tokens_of_one_replacement_do_not_overlap(
    starts: list[int], ends: list[int], expected: list[tuple[int, int]]
) -> None:
    aligned = AlignedText("👍").edited([Edit(0, 1, "thumbs up")])
    found = aligned.spans(np.array(starts, dtype=np.int32), np.array(ends, dtype=np.int32))
    assert list(zip(*(part.tolist() for part in found), strict=True)) == expected


@given(texts_with_edits())
def test_what_is_not_edited_stands_for_the_same_character(
    given_text: tuple[str, list[Edit]],
) -> None:
    text, edits = given_text
    aligned = AlignedText(text).edited(edits)
    replaced = {place for edit in edits for place in range(edit.start, edit.end)}
    kept = [place for place in range(len(text)) if place not in replaced]
    own = [
        (start, character)
        for (start, end), character in zip(characters(aligned), aligned.text, strict=True)
        if end - start == 1 and start not in replaced
    ]
    assert own == [(place, text[place]) for place in kept]


@given(texts_with_edits())
def test_spans_are_in_order_and_inside_the_text(given_text: tuple[str, list[Edit]]) -> None:
    text, edits = given_text
    aligned = AlignedText(text).edited(edits)
    places = np.arange(len(aligned.text), dtype=np.int32)
    starts, ends = aligned.spans(places, places + 1)
    assert (starts <= ends).all()
    assert (ends[:-1] <= starts[1:]).all()
    assert not len(ends) or (starts[0] >= 0 and ends[-1] <= len(text))
