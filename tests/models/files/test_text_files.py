"""The encoding of a text file: passed, marked, or detected and logged."""

import logging
from pathlib import Path

import pytest

from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.training.data.sources import read_reviews
from tests.training.data.files import write_text

FRENCH = "Très décevant, à éviter. C’était raté."
RUSSIAN = "Отличный фильм, советую всем."


def written(directory: Path, text: str, encoding: str) -> Path:
    return write_text(directory / "films.csv", f'text,label\n"{text}",1\n', encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_needs_no_option(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, f"{FRENCH} {RUSSIAN}", encoding)
    assert read_reviews(path)["text"][:] == [f"{FRENCH} {RUSSIAN}"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        ("Świetny film, polecam każdemu. Nudny nie był, żałuję że już się skończył.", "cp1250"),
        ("It’s a “great” film — really.", "cp1252"),
    ],
)
def test_another_encoding_is_detected_and_logged(
    tmp_path: Path, text: str, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert read_reviews(written(tmp_path, text, encoding))["text"][:] == [text]
    assert f"films.csv is not UTF-8; it is read as {encoding}" in caplog.text


def test_an_encoding_that_is_passed_is_used(tmp_path: Path) -> None:
    path = written(tmp_path, FRENCH, "mac-roman")
    assert read_reviews(path, ReadOptions(encoding="mac-roman"))["text"][:] == [FRENCH]


def test_a_damaged_byte_in_utf_8_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    rows = "".join(f"{FRENCH.replace(',', '')},1\n" for _ in range(20))
    path.write_bytes(f"text,label\n{rows}".encode() + b"caf\xe9,0\n")
    with pytest.raises(DataError, match="line 22: the byte 0xE9 is not valid in the encoding"):
        read_reviews(path)


def test_a_wrong_encoding_is_reported(tmp_path: Path) -> None:
    path = written(tmp_path, FRENCH, "cp1252")
    with pytest.raises(DataError, match="line 2: the byte 0xE8 is not valid in the encoding"):
        read_reviews(path, ReadOptions(encoding="utf-8"))


def test_a_truncated_utf_16_file_is_reported(tmp_path: Path) -> None:
    path = written(tmp_path, FRENCH, "utf-16")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"films\.csv is not valid utf-16: .*truncated data"):
        read_reviews(path)
