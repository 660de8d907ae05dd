"""Real files of every format, written by pandas, PyArrow and openpyxl, are read alike."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.training.data.sources import read_corpus, read_reviews
from tests.training.data.files import LABELS, TEXTS, WRITERS, frame, table, write_text

EXPECTED = {"text": TEXTS, "label": LABELS, "source": ["films"] * 3}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_reads_the_same(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    assert read_reviews(tmp_path / name).to_dict() == EXPECTED


@pytest.mark.parametrize(
    "content",
    [
        [{"text": "A.", "label": 1}, {"text": "B.", "label": 0}],
        {"data": [{"text": "A.", "label": 1}, {"text": "B.", "label": 0}], "version": 1},
        {"text": ["A.", "B."], "label": [1, 0]},
        {"text": {"0": "A.", "1": "B."}, "label": {"0": 1, "1": 0}},
    ],
    ids=["records", "wrapped records", "columns", "columns by index"],
)
def test_json_may_be_records_or_columns(tmp_path: Path, content: Any) -> None:
    path = write_text(tmp_path / "films.json", json.dumps(content))
    read = read_reviews(path)
    assert (read["text"][:], read["label"][:]) == (["A.", "B."], [1, 0])


def test_a_json_file_with_an_object_a_line_is_read_as_lines(tmp_path: Path) -> None:
    lines = '{"text": "A.", "label": 1}\n{"text": "B.", "label": 0}\n'
    assert len(read_reviews(write_text(tmp_path / "films.json", lines))) == 2


def test_a_directory_is_read_whatever_the_formats_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    for name in ("films.csv", "films.xlsx", "films.parquet"):
        WRITERS[name](folder / name)
    write_text(folder / "README.md", "Not data.")
    assert len(read_reviews(folder)) == 9


def test_a_directory_saved_by_datasets_is_read(tmp_path: Path) -> None:
    Dataset(table()).save_to_disk(tmp_path / "films")
    assert read_reviews(tmp_path / "films").to_dict() == EXPECTED


def test_a_data_frame_is_read() -> None:
    rows = frame().assign(label=pd.Categorical(["pos", "neg", None]))
    read = read_reviews(rows)
    assert (read["text"][:], read["label"][:]) == (TEXTS, [1, 0, -1])


def test_a_data_frame_with_missing_labels_is_read() -> None:
    read = read_reviews(frame().assign(label=[1.0, float("nan"), 0.0]))
    assert read["label"][:] == [1, -1, 0]


def test_a_dataset_in_memory_is_read() -> None:
    read = read_reviews(Dataset(table()))
    assert (read["text"][:], read["label"][:]) == (TEXTS, LABELS)


def test_one_split_of_a_dataset_must_be_chosen() -> None:
    with pytest.raises(DataError, match="Pass one split of the data set: train"):
        read_reviews(DatasetDict(train=Dataset(table())))


def test_class_labels_are_read_by_name_not_by_number(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    features = Features({"text": Value("string"), "label": ClassLabel(names=["pos", "neg"])})
    Dataset.from_dict({"text": ["Good.", "Bad."], "label": [0, 1]}, features).to_parquet(path)
    assert read_reviews(path)["label"][:] == [1, 0]


@pytest.mark.parametrize(
    "labels",
    [
        pa.array(["pos", "neg", None]).dictionary_encode(),
        pa.array(["pos", "neg", None], pa.large_string()),
        pa.array([True, False, None]),
        pa.array([1.0, 0.0, float("nan")]),
        pa.array([1, 0, None], pa.int8()),
    ],
    ids=["dictionary", "large_string", "bool", "float", "int8"],
)
def test_every_type_of_labels_is_read(tmp_path: Path, labels: pa.Array) -> None:
    path = tmp_path / "films.parquet"
    pq.write_table(pa.table({"text": pa.array(TEXTS, pa.large_string()), "label": labels}), path)
    read = read_reviews(path)
    assert (read["text"][:], read["label"][:]) == (TEXTS, [1, 0, -1])


@pytest.mark.parametrize(
    "sources",
    [pa.array([1, 2, None]), pa.array([["a", "b"], [], None])],
    ids=["numbers", "lists"],
)
def test_a_source_column_of_another_type_is_read_as_strings(
    tmp_path: Path, sources: pa.Array
) -> None:
    path = tmp_path / "films.parquet"
    pq.write_table(table().append_column("source", sources), path)
    read = read_reviews(path)
    assert read["text"][:] == TEXTS
    assert read["source"][2] == "films"


def test_a_source_column_that_differs_in_every_row_names_no_source(tmp_path: Path) -> None:
    rows = {
        "text": [f"film {number}" for number in range(60)],
        "label": [0, 1] * 30,
        "source": [f"https://example.org/{number}" for number in range(60)],
    }
    path = tmp_path / "films.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    assert set(read_corpus(str(path), snippets=False).labelled["source"]) == {"films"}


def test_a_late_extra_key_is_read(tmp_path: Path) -> None:
    lines = ['{"text": "A.", "label": 1}'] * 20_000 + ['{"text": "B.", "label": 0, "x": {"y": 1}}']
    path = write_text(tmp_path / "films.jsonl", "\n".join(lines))
    assert len(read_reviews(path)) == 20_001


def test_texts_that_look_like_numbers_or_dates_stay_strings(tmp_path: Path) -> None:
    texts = ["10", "2011-01-01", "N/A", "null", "1e5"]
    path = write_text(
        tmp_path / "films.csv", "text,label\n" + "".join(f"{text},1\n" for text in texts)
    )
    assert read_reviews(path)["text"][:] == texts


def test_a_number_in_a_spreadsheet_is_read_as_a_text(tmp_path: Path) -> None:
    pd.DataFrame({"text": [10, "Good."], "label": [1, 0]}).to_excel(
        tmp_path / "films.xlsx", index=False
    )
    assert read_reviews(tmp_path / "films.xlsx")["text"][:] == ["10", "Good."]


def test_another_delimiter_is_read_if_passed(tmp_path: Path) -> None:
    path = write_text(tmp_path / "films.csv", "text;label\nLong, but good;1\n")
    assert read_reviews(path, ReadOptions(delimiter=";"))["text"][:] == ["Long, but good"]


def test_an_unknown_format_is_rejected_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected one of \.csv, \.tsv, \.jsonl.*may end in \.gz"):
        read_reviews(write_text(tmp_path / "films.docx", "A."))


@pytest.mark.parametrize("name", ["films.parquet", "films.arrow", "films.xlsx", "films.json"])
def test_a_file_of_another_format_than_its_name_is_rejected(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=rf"{name}(, line 1: not valid JSON| cannot be read: \w)"):
        read_reviews(write_text(tmp_path / name, "not a table"))


def test_a_file_that_is_not_compressed_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "films.csv.gz"
    path.write_text("text,label\nA.,1\n")
    with pytest.raises(DataError, match=r"films\.csv\.gz cannot be read: Not a gzipped file"):
        read_reviews(path)


@pytest.mark.parametrize("name", ["films.csv", "films.jsonl", "films.json"])
def test_an_empty_file_is_rejected(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=name):
        read_reviews(write_text(tmp_path / name, ""))
