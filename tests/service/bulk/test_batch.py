"""`gatewise.score_batch` and the recipes of the documentation that use it."""

from pathlib import Path

import duckdb
import pandas as pd
import polars
import pyarrow as pa
import pytest

from gatewise import score_batch
from gatewise.models.errors import DataError
from gatewise.service.bulk.job import SCORE_COLUMNS
from tests.service.bulk.files import frame, predicted, texts


def batch_of(count: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pandas(frame(count), preserve_index=False)


def test_a_batch_keeps_its_columns_and_gets_those_of_the_scores(model: Path) -> None:
    batch = batch_of(30)
    scored = score_batch(batch, model=str(model))
    assert scored.schema.names == ["id", "text", "product", *SCORE_COLUMNS]
    assert scored.select(["id", "text", "product"]).equals(batch)
    assert scored["probability_positive"].to_pylist() == predicted(model, texts(30))


def test_a_row_without_text_has_an_error(model: Path) -> None:
    batch = pa.RecordBatch.from_pydict({"text": ["I love it", None, ""]})
    scored = score_batch(batch, model=str(model))
    assert [bool(error) for error in scored["error"].to_pylist()] == [False, True, True]
    assert [label is None for label in scored["label"].to_pylist()] == [False, True, True]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_every_type_of_string_is_scored(model: Path, kind: pa.DataType) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(texts(4), kind)], names=["review"])
    scored = score_batch(batch, text="review", model=str(model))
    assert scored["probability_positive"].to_pylist() == predicted(model, texts(4))


def test_an_empty_batch_has_the_same_columns(model: Path) -> None:
    batch = batch_of(3)
    empty = score_batch(batch[:0], model=str(model))
    assert empty.schema == score_batch(batch, model=str(model)).schema
    assert len(empty) == 0


def test_a_missing_column_and_a_taken_name_are_errors(model: Path) -> None:
    with pytest.raises(DataError, match="no column review; it has id, text, product"):
        score_batch(batch_of(1), text="review", model=str(model))
    taken = pa.RecordBatch.from_pydict({"text": ["Fine."], "label": [1]})
    with pytest.raises(DataError, match="a column label already"):
        score_batch(taken, model=str(model))


def test_pandas_data_frames_are_scored_through_arrow(model: Path) -> None:
    rows = frame(10)
    batch = pa.RecordBatch.from_pandas(rows, preserve_index=False)
    scored: pd.DataFrame = score_batch(batch, model=str(model)).to_pandas()
    assert scored["probability_positive"].tolist() == predicted(model, texts(10))


def test_polars_data_frames_are_scored_through_arrow(model: Path) -> None:
    batches = polars.DataFrame({"text": texts(10)}).to_arrow().to_batches(max_chunksize=4)
    scored = polars.DataFrame(
        pa.Table.from_batches(score_batch(batch, model=str(model)) for batch in batches)
    )
    assert scored["probability_positive"].to_list() == predicted(model, texts(10))


def test_duckdb_relations_are_scored_through_arrow(tmp_path: Path, model: Path) -> None:
    frame(10).to_parquet(tmp_path / "reviews.parquet")
    with duckdb.connect() as connection:
        read = connection.sql(f"from '{tmp_path}/reviews.parquet'").to_arrow_reader(4)
        scored = pa.Table.from_batches(score_batch(batch, model=str(model)) for batch in read)
        connection.register("scored", scored)
        found = connection.sql("select probability_positive from scored").fetchall()
    assert [value for (value,) in found] == predicted(model, texts(10))


def test_two_columns_of_the_name_are_named_as_such(model: Path) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    with pytest.raises(DataError, match="several columns text; it has text, text"):
        score_batch(batch, model=str(model))


def test_invalid_utf_8_is_an_error_in_its_row(model: Path) -> None:
    damaged = pa.array([b"I love it", b"caf\xe9"])
    column = pa.Array.from_buffers(pa.string(), 2, damaged.buffers())
    scored = score_batch(pa.RecordBatch.from_arrays([column], names=["text"]), model=str(model))
    assert scored["error"].to_pylist() == [None, "The text is not valid UTF-8."]
