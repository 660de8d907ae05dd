"""Large files are read in pieces: the memory that reading takes does not grow with the file."""

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gatewise.models.files.formats import open_table
from gatewise.models.files.raw_table import BadRow, Row
from gatewise.models.files.read_options import ReadOptions

TEXT = "A film that is neither good nor bad, but long. " * 20  # 940 characters
ROWS = 8000
LONGEST = 1 << 24  # characters of a field


def write_csv(path: Path) -> None:
    path.write_text("id,text\n" + "".join(f'{n},"{TEXT}"\n' for n in range(ROWS)))


def write_gzip(path: Path) -> None:
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("id,text\n" + "".join(f'{n},"{TEXT}"\n' for n in range(ROWS)))


def write_json_lines(path: Path) -> None:
    path.write_text("".join(f'{{"id": {n}, "text": "{TEXT}"}}\n' for n in range(ROWS)))


def table() -> pa.Table:
    return pa.table({"id": range(ROWS), "text": [f"{n} {TEXT}" for n in range(ROWS)]})


def write_parquet(path: Path) -> None:
    pq.write_table(table(), path, row_group_size=1000, compression="none", use_dictionary=False)


def write_arrow(path: Path) -> None:
    with pa.ipc.new_file(path, table().schema) as writer:
        for batch in table().to_batches(max_chunksize=500):
            writer.write_batch(batch)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("films.csv", write_csv),
        ("films.csv.gz", write_gzip),
        ("films.jsonl", write_json_lines),
        ("films.parquet", write_parquet),
        ("films.arrow", write_arrow),
    ],
)
def test_a_large_file_is_never_in_memory_as_a_whole(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    write(path)
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        found, arrow_peak = 0, 0
        for row in open_table(path, ReadOptions()).read(["id", "text"]):
            found += isinstance(row, Row)
            arrow_peak = max(arrow_peak, pa.total_allocated_bytes() - before)
        python_peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == ROWS
    assert python_peak + arrow_peak < 0.8 * ROWS * len(TEXT)


def test_a_quote_that_is_never_closed_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    line = "Fine. " * 10_000 + ",1\n"
    path.write_text('text,label\n"Bad.,0\n' + line * (LONGEST // len(line) + 10))
    rows = open_table(path, ReadOptions()).read(["text"])
    first = next(rows)
    assert isinstance(first, BadRow)
    assert first.number == 2
    assert first.reason == "a quote is opened here and not closed within 16,777,216 characters"
    assert next(rows) == Row(3, ("Fine. " * 10_000,))


def test_rows_are_read_again_by_a_second_call(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("text,label\nA.,1\nB.,0\n")
    read = open_table(path, ReadOptions())
    assert (
        list(read.read(["text"])) == list(read.read(["text"])) == [Row(2, ("A.",)), Row(3, ("B.",))]
    )


def test_a_carriage_return_within_a_line_of_json_does_not_end_it(tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl"
    path.write_bytes(b'{"text":\r "A."}\r\n{"text": "B."}\r\n')
    rows = open_table(path, ReadOptions()).read(["text"])
    assert list(rows) == [Row(1, ("A.",)), Row(2, ("B.",))]


def test_a_character_between_two_blocks_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("text\n" + "x" * ((1 << 20) - 6) + "é\nÀ voir.\n", encoding="utf-8")
    rows = list(open_table(path, ReadOptions()).read(["text"]))
    assert rows[1] == Row(3, ("À voir.",))
    assert isinstance(rows[0], Row)
    assert str(rows[0].values[0]).endswith("xé")
