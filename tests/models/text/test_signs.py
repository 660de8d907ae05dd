"""Signs: a stage of reading is skipped only where it would find nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.text import alignment, signs
from gatewise.models.text.reader import read_text

PIECES = (
    ":-) :( ;D =O) 8-) (: ): xD X-D T_T t_t ^_^ -_- <3 </3 4/5 90/100 ***/5 ★★★☆☆ ½ B+ a- "
    "\x01 \x7f \x85 â€™ Ã© fi\u0301lm \u0430bc \u0391 <br/> &lt;3 . film Good / : - +"
)
SPACED = ("7 / 10", "3/\u00a05", "Grade: C", " ", "\n", "\u200d", "\U0001f600")
pieces = st.sampled_from(PIECES.split(" ")) | st.sampled_from(SPACED) | st.text(max_size=3)
texts = st.lists(pieces, max_size=12).map("".join)


@given(texts)
def test_no_sign_that_a_stage_looks_for_is_missed(text: str) -> None:
    read = read_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "find_signs", lambda _: -1)  # every stage searches every text
        assert read_text(text).text == read.text


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a\x07b", signs.CONTROL),
        ("don\x92t", signs.C1),
        ("itâ€™s", signs.MOJIBAKE),
        ("f\u0456lm", signs.LOOK_ALIKE),
        ("★★★", signs.STAR),
        ("7/10", signs.FRACTION),
        ("B+", signs.GRADE),
        (":-)", signs.FACE),
    ],
)
def test_a_sign_is_found(text: str, sign: int) -> None:
    assert signs.find_signs(text) & sign


def test_plain_text_has_no_sign() -> None:
    assert signs.find_signs("It's a well-made film, and I liked it!\n") == 0
