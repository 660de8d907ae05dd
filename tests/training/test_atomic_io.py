"""Atomic writes: a file is either complete or unchanged."""

from pathlib import Path

import pytest

from gatewise.training.atomic_io import write_json, write_text, written_whole


def test_the_directory_of_a_file_is_created(tmp_path: Path) -> None:
    write_text("ünï", tmp_path / "new" / "text.md")
    assert (tmp_path / "new" / "text.md").read_text(encoding="utf-8") == "ünï"


def test_an_error_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "text.md"
    write_text("old", path)
    with pytest.raises(UnicodeEncodeError):
        write_text("ne\ud800", path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_differ_in_their_suffix_are_written_independently(tmp_path: Path) -> None:
    with written_whole(tmp_path / "a.json") as one, written_whole(tmp_path / "a.md") as other:
        one.write_text("1")
        other.write_text("2")
    assert (tmp_path / "a.json").read_text() == "1"
    assert (tmp_path / "a.md").read_text() == "2"


def test_nan_is_rejected_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json({"loss": float("nan")}, tmp_path / "figures.json")
    assert not list(tmp_path.iterdir())
