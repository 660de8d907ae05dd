"""The options of how a source is read, and the errors of each."""

import pytest
from pydantic import ValidationError

from gatewise.models.files.read_options import LEFT_OUT, UNLABELLED, ReadOptions, parse_label_map


def test_a_label_map_is_read_in_lower_case() -> None:
    assert parse_label_map("Very good=1, bad=0,mixed=,?=-1") == {
        "very good": 1,
        "bad": 0,
        "mixed": LEFT_OUT,
        "?": UNLABELLED,
    }


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("label_map", "pos", "must be pairs"),
        ("label_map", "pos=2,neg=0", "must be pairs"),
        ("label_map", "pos=1,good=1", "a negative"),
        ("label_map", "pos=1,neg=0,Pos=0", "twice"),
        ("delimiter", "::", "one character"),
        ("encoding", "latin-99", "must be an encoding"),
        ("stars", 1, "greater than or equal to 2"),
        ("on_bad_row", "ignore", "'stop' or 'skip'"),
    ],
)
def test_an_invalid_option_is_rejected(option: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ReadOptions.model_validate({option: value})


@pytest.mark.parametrize("written", ["tab", "\\t", "\t"])
def test_a_tab_may_be_written_in_words(written: str) -> None:
    assert ReadOptions(delimiter=written).delimiter == "\t"
