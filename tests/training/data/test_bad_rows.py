"""A row that cannot be read is reported with its file, line and reason, or skipped."""

import logging
from pathlib import Path

import pytest

from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.training.data.sources import read_reviews
from tests.training.data.files import write_text

SKIP = ReadOptions(on_bad_row="skip")


def csv_file(directory: Path, *rows: str) -> Path:
    return write_text(directory / "films.csv", "\n".join(["text,label", *rows, ""]))


def test_an_unquoted_comma_does_not_shift_columns(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Good.,1", "Long, but good.,1")
    with pytest.raises(DataError, match=r"films\.csv, line 3: 3 fields, where the header has 2"):
        read_reviews(path)


def test_unquoted_commas_in_every_row_are_rejected(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *["Slow, long,0", "Short, good,1"] * 150)
    with pytest.raises(DataError, match=r"line 2: 3 fields.* 299 more cannot be read"):
        read_reviews(path)


def test_a_missing_field_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 3: 1 field, where the header has 2"):
        read_reviews(csv_file(tmp_path, "Good.,1", "Bad."))


def test_one_bad_row_in_ten_thousand_is_reported(tmp_path: Path) -> None:
    rows = [f"film {number},{number % 2}" for number in range(10_000)]
    rows[7_654] = ",1"
    with pytest.raises(
        DataError, match=r"films\.csv, line 7,656: The text is empty.*1 of 10,000 rows"
    ):
        read_reviews(csv_file(tmp_path, *rows))


def test_a_bad_row_is_skipped_and_logged_if_requested(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = csv_file(tmp_path, "Good.,1", "Long, but good.,1", "Bad.,0")
    with caplog.at_level(logging.WARNING):
        assert read_reviews(path, SKIP)["text"][:] == ["Good.", "Bad."]
    assert "films.csv, line 3 is skipped: 3 fields" in caplog.text
    assert "1 of 3 rows are skipped" in caplog.text


def test_the_line_of_a_row_is_that_of_its_first_line(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '"Good,', "", 'really.",1', "Bad., really,0")
    with pytest.raises(DataError, match="line 5: 3 fields"):
        read_reviews(path)


def test_an_open_quote_is_reported_where_it_is_opened(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Good.,1", '"Bad.,0', "Fine.,1")
    with pytest.raises(DataError, match="line 3: a quote is opened here and never closed"):
        read_reviews(path)


def test_an_open_quote_costs_only_its_own_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Good.,1", '"Bad.,0', '"Fine, really.",1', "Dull.,0")
    assert read_reviews(path, SKIP)["text"][:] == ["Good.", "Fine, really.", "Dull."]


def test_the_rest_of_a_text_after_a_wrong_quote_is_not_read_as_a_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '"A "fine" film', 'and good",1', "Dull.,0")
    assert read_reviews(path, SKIP)["text"][:] == ["Dull."]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "A.", "label": 1', "not valid JSON: .* at character 26"),
        ('["A.", 1]', "not a JSON object"),
        ('{"text": "", "label": 1}', "The text is empty or blank"),
        ('{"text": "a\\u0000b", "label": 1}', "The text has a NUL character"),
        ('{"text": "a\\ud83d", "label": 1}', "The text has a lone surrogate"),
        ('{"text": 7, "label": 1}', "7 is not a string. Put it in quotes"),
        ('{"label": 1}', "The text is empty or blank"),
        ('{"text": "A.", "label": "meh"}', "'meh' is not a label"),
    ],
)
def test_the_reason_of_a_bad_row_is_given(tmp_path: Path, line: str, reason: str) -> None:
    good = '{"text": "A.", "label": 1}'
    path = write_text(tmp_path / "films.jsonl", "\n".join([good, good, line, good]))
    with pytest.raises(DataError, match=rf"films\.jsonl, line 3: {reason}"):
        read_reviews(path)
    assert len(read_reviews(path, SKIP)) == 3


def test_a_source_without_any_text_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"films\.csv has no text that can be used"):
        read_reviews(csv_file(tmp_path))
