"""The input is cut into parts by the input alone."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from gatewise.service.bulk.inputs import find_inputs
from gatewise.service.bulk.job import ScoreOptions
from gatewise.service.bulk.parts import Part, cut, rows_of_part
from tests.service.bulk.files import frame


def parts_of(path: Path, *, rows: int) -> list[Part]:
    return list(cut(find_inputs([str(path)]), ScoreOptions(keep=("id",)), rows=rows))


@pytest.mark.parametrize(
    ("size", "rows"), [(0, 250), (13_000_000, 250), (130_000_000, 2500), (50_000_000_000, 5000)]
)
def test_parts_grow_with_the_input_up_to_5000_rows(size: int, rows: int) -> None:
    assert rows_of_part(size) == rows


def test_parts_have_all_rows_in_order(tmp_path: Path) -> None:
    frame(23).to_csv(tmp_path / "reviews.csv", index=False)
    parts = parts_of(tmp_path / "reviews.csv", rows=10)
    assert [(part.index, len(part)) for part in parts] == [(0, 10), (1, 10), (2, 3)]
    assert [kept for part in parts for kept in part.kept] == [(str(1000 + n),) for n in range(23)]


def test_a_part_of_several_files_knows_the_place_of_each_row(tmp_path: Path) -> None:
    frame(3).to_csv(tmp_path / "a.csv", index=False)
    frame(4).to_parquet(tmp_path / "b.parquet")
    first, second = parts_of(tmp_path, rows=5)
    assert first.place(2) == f"{tmp_path}/a.csv, line 4"
    assert first.place(3) == f"{tmp_path}/b.parquet, row 1"
    assert second.place(0) == f"{tmp_path}/b.parquet, row 3"


def test_a_part_of_long_texts_has_fewer_rows(tmp_path: Path) -> None:
    long = "movie " * 3_000_000
    rows = pd.DataFrame({"id": range(4), "text": [long, long, "Fine.", "Fine."]})
    rows.to_parquet(tmp_path / "reviews.parquet")
    assert [len(part) for part in parts_of(tmp_path / "reviews.parquet", rows=10)] == [1, 3]


def test_a_digest_changes_with_a_byte_and_not_with_the_place(tmp_path: Path) -> None:
    for name, text in {"a": "same", "b": "same", "c": "samE"}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    first, second, third = (file.digest() for file in find_inputs([f"{tmp_path}/*.csv"]))
    assert first == second != third


def test_a_large_file_is_sampled_from_end_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatewise.service.bulk.inputs._WHOLE", 100)
    monkeypatch.setattr("gatewise.service.bulk.inputs._SAMPLE", 10)
    digests = set()
    for place in (None, 0, 9_999):
        content = bytearray(10_000)
        if place is not None:
            content[place] = 1
        (tmp_path / "large.csv").write_bytes(content)
        digests.add(find_inputs([str(tmp_path / "large.csv")])[0].digest())
    assert len(digests) == 3


def test_how_much_of_a_compressed_file_is_read_is_known(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv.gz"
    with gzip.open(path, "wt") as file:
        frame(20_000).to_csv(file, index=False)
    inputs = find_inputs([str(path)])
    fractions = [inputs[0].fraction_read() for _ in cut(inputs, ScoreOptions(), rows=2000)]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < 0.6
    assert inputs[0].fraction_read() == 1
