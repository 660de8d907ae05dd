"""The file of texts that may not be learned from."""

import hashlib
from pathlib import Path

import pytest

from gatewise.models.errors import DataError
from gatewise.training.data.exclusion import Exclusion, content_key, read_exclusion
from tests.training.data.added import write_exclusion


def test_a_digest_is_that_of_the_letters_and_digits_in_lower_case(tmp_path: Path) -> None:
    path = tmp_path / "digests.txt"
    path.write_text(hashlib.sha256(b"a10film").hexdigest()[:20])
    assert read_exclusion(path).excludes("A 10, film!")


def test_another_text_is_not_excluded(tmp_path: Path) -> None:
    exclusion = read_exclusion(write_exclusion(tmp_path / "digests.txt", ["A film."]))
    assert not exclusion.excludes("A filmed play.")


def test_a_text_is_recognised_with_line_breaks_that_its_digest_lacks(tmp_path: Path) -> None:
    exclusion = read_exclusion(write_exclusion(tmp_path / "digests.txt", ["Fine. Go and see it."]))
    assert exclusion.excludes("Fine.<br /><br />Go and see it.")


def test_a_text_is_recognised_with_line_breaks_that_its_digest_has(tmp_path: Path) -> None:
    text = "Fine.<br /><br />Go and see it."
    assert read_exclusion(write_exclusion(tmp_path / "digests.txt", [text])).excludes(text)


def test_without_a_file_nothing_is_excluded() -> None:
    assert read_exclusion(None) == Exclusion()


def test_the_reserved_texts_come_with_the_package() -> None:
    assert len(read_exclusion("reserved").digests) == 3554


def test_comments_and_empty_lines_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "digests.txt"
    path.write_text("# tests of others\n\n" + "0" * 20 + "\n")
    assert read_exclusion(path).digests == {"0" * 20}


def test_a_line_that_is_no_digest_is_named(tmp_path: Path) -> None:
    path = tmp_path / "digests.txt"
    path.write_text("0" * 20 + "\nA film.\n")
    with pytest.raises(DataError, match=r"line 2: 'A film.' is not a digest"):
        read_exclusion(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.txt cannot be read"):
        read_exclusion(tmp_path / "nowhere.txt")


def test_texts_without_letters_are_not_copies_of_each_other() -> None:
    assert content_key("★★★") != content_key("☆☆☆")
