"""Files of every format are scored like a plain loop over the predictor, in the same order."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gatewise.models.errors import DataError
from gatewise.service.bulk.job import SCORE_COLUMNS
from gatewise.service.bulk.output import json_line
from tests.service.bulk.files import WRITERS, frame, predicted, read_rows, run, texts, write_remote

ROWS = 40


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_of_every_format_is_scored_in_its_order(
    tmp_path: Path, model: Path, name: str
) -> None:
    WRITERS[name](frame(ROWS), tmp_path / name)
    scored = run(tmp_path / name, tmp_path / "out", model, keep=("id",), part_rows=15)
    assert [str(row["id"]) for row in scored.rows] == [str(1000 + n) for n in range(ROWS)]
    found = [row["probability_positive"] for row in scored.rows]
    assert found == predicted(model, texts(ROWS))
    assert len(list(scored.out.glob("part-*"))) == 3


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_every_output_format_has_the_same_rows(
    tmp_path: Path, reviews: Path, model: Path, form: str
) -> None:
    scored = run(reviews, tmp_path / "out", model, keep=("id",), format=form)
    rows = pd.DataFrame(scored.rows)
    assert tuple(rows.columns) == ("id", *SCORE_COLUMNS)
    assert rows["id"].tolist() == [str(1000 + n) for n in range(300)]
    assert rows.index[rows["error"].notna()].tolist() == [3, 217]
    assert rows["label"].isin(["positive", "negative"]).sum() == 298
    good = rows[rows["error"].isna()]
    given = frame(300)["text"][good.index]
    assert good["probability_positive"].tolist() == predicted(model, given.tolist())


def test_files_are_scored_in_the_arithmetic_of_the_options(tmp_path: Path, model: Path) -> None:
    WRITERS["reviews.csv"](frame(ROWS), tmp_path / "reviews.csv")
    scored = run(tmp_path / "reviews.csv", tmp_path / "out", model, precision="bfloat16")
    found = [row["probability_positive"] for row in scored.rows]
    assert found == predicted(model, texts(ROWS), precision="bfloat16")
    assert found != predicted(model, texts(ROWS))


def test_a_kept_column_of_parquet_keeps_its_type(tmp_path: Path, model: Path) -> None:
    days = pa.array([18_000 + n for n in range(ROWS)], pa.date32())
    table = pa.table({"id": pa.array(range(ROWS), pa.int32()), "day": days, "text": texts(ROWS)})
    pq.write_table(table, tmp_path / "reviews.parquet")
    run(tmp_path / "reviews.parquet", tmp_path / "out", model, keep=("id", "day"))
    written = pq.read_table(tmp_path / "out")
    assert written.select(["id", "day"]).equals(table.select(["id", "day"]))


def test_a_kept_column_with_the_name_of_a_score_gets_a_prefix(tmp_path: Path, model: Path) -> None:
    frame(5).rename(columns={"id": "score"}).to_csv(tmp_path / "reviews.csv", index=False)
    scored = run(tmp_path / "reviews.csv", tmp_path / "out", model, keep=("score",))
    assert [row["input_score"] for row in scored.rows] == [str(1000 + n) for n in range(5)]
    assert all(isinstance(row["score"], float) for row in scored.rows)


def test_json_values_are_kept_as_they_are_in_json_lines(tmp_path: Path, model: Path) -> None:
    line = '{"text": "I love it", "id": 7, "tags": ["a", {"b": null}]}\n'
    (tmp_path / "reviews.jsonl").write_text(line)
    scored = run(
        tmp_path / "reviews.jsonl", tmp_path / "out", model, keep=("id", "tags"), format="jsonl"
    )
    assert [(row["id"], row["tags"]) for row in scored.rows] == [(7, ["a", {"b": None}])]


def test_the_files_of_a_directory_are_one_input(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    frame(30)[:11].to_csv(folder / "a.csv", index=False)
    frame(30)[11:].to_parquet(folder / "b.parquet")
    (folder / "README.md").write_text("Not data.")
    scored = run(folder, tmp_path / "out", model, keep=("id",), part_rows=20)
    assert [int(row["id"]) for row in scored.rows] == list(range(1000, 1030))
    assert len(pq.read_table(tmp_path / "out" / "part-000000.parquet")) == 20


def test_a_pattern_stands_for_its_files_in_sorted_order(tmp_path: Path, model: Path) -> None:
    for name in ("b", "a"):
        frame(3).assign(id=name).to_csv(tmp_path / f"{name}.csv", index=False)
    scored = run(tmp_path / "*.csv", tmp_path / "out", model, keep=("id",))
    assert [row["id"] for row in scored.rows] == ["a"] * 3 + ["b"] * 3


def test_a_url_is_read_through_fsspec(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "local.parquet"
    frame(ROWS).to_parquet(path)
    write_remote("bucket/reviews.parquet", path.read_bytes())
    write_remote("bucket/reviews.csv", frame(ROWS).to_csv(index=False).encode())
    for name in ("reviews.parquet", "*.csv"):
        out = tmp_path / name.removeprefix("*")
        scored = run(f"memory://bucket/{name}", out, model)
        assert [row["probability_positive"] for row in scored.rows] == predicted(model, texts(ROWS))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nothing.csv", "There is no file"),
        ("no*.csv", "There is no file"),
        ("s3://bucket/reviews.csv", "pip install s3fs"),
        ("odd://bucket/reviews.csv", "cannot be opened: Protocol not known"),
    ],
)
def test_an_input_that_cannot_be_found_is_an_error(
    tmp_path: Path, model: Path, source: str, message: str
) -> None:
    given = source if "://" in source else tmp_path / source
    with pytest.raises(DataError, match=message):
        run(given, tmp_path / "out", model)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": ("nix",)}, r"no column nix \(--keep\); it has id, text, product"),
        ({"by": "nix"}, r"no column nix \(--by\)"),
        ({"text_column": "review"}, "no column review"),
    ],
)
def test_a_missing_column_is_an_error_before_anything_is_written(
    tmp_path: Path, reviews: Path, model: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        run(reviews, tmp_path / "out", model, **options)
    assert not (tmp_path / "out").exists()


def test_output_among_the_input_is_refused(tmp_path: Path, model: Path) -> None:
    frame(3).to_csv(tmp_path / "reviews.csv", index=False)
    with pytest.raises(DataError, match="is in the directory of the output"):
        run(tmp_path / "reviews.csv", tmp_path, model)


def test_invalid_bytes_in_a_kept_column_are_replaced(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "reviews.csv"
    good = "é".encode() * 30
    path.write_bytes(b"id,text\n" + good + b",I love it\ncaf\xe9,I love it\n")
    run(path, tmp_path / "out", model, keep=("id",), format="csv")
    assert read_rows(tmp_path / "out")[1]["id"] == "caf\N{REPLACEMENT CHARACTER}"


def test_a_resumed_run_skips_its_own_results_below_the_input(tmp_path: Path, model: Path) -> None:
    frame(5).to_csv(tmp_path / "reviews.csv", index=False)
    for source in (tmp_path, tmp_path, tmp_path / "**/*.csv"):
        scored = run(source, tmp_path / "scores", model, format="csv")
        assert len(scored.rows) == 5


def test_input_that_is_all_among_the_output_is_refused(tmp_path: Path, model: Path) -> None:
    frame(3).to_csv(tmp_path / "reviews.csv", index=False)
    with pytest.raises(DataError, match="All input is in the directory of the output"):
        run(tmp_path, tmp_path, model)


def test_a_remote_file_has_its_url_and_is_not_among_local_output(
    tmp_path: Path, model: Path
) -> None:
    write_remote(f"{tmp_path}/out/in.jsonl".lstrip("/"), b'{"text": ""}')
    scored = run(f"memory:/{tmp_path}/out/in.jsonl", tmp_path / "out", model)
    place, _ = scored.outcome.statistics.first_errors[0]
    assert place == f"memory://{tmp_path}/out/in.jsonl, line 1"


@pytest.mark.parametrize("cell", ["a\rb", "a\r\nb", "a\nb\r", "\r\n"])
def test_a_kept_cell_with_a_carriage_return_stays_in_its_row(
    tmp_path: Path, model: Path, cell: str
) -> None:
    rows = [{"text": "I love it", "id": cell}, {"text": "boring", "id": "2"}]
    (tmp_path / "reviews.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run(tmp_path / "reviews.jsonl", tmp_path / "out", model, keep=("id",), format="csv")
    with (tmp_path / "out" / "part-000000.csv").open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [cell, "2"]


def test_numbers_that_json_does_not_have_are_null() -> None:
    line = json_line(["a", "b"], [math.nan, {"c": [math.inf, 1.5]}])
    assert line == '{"a": null, "b": {"c": [null, 1.5]}}\n'
