"""Lines of standard input: texts or JSON objects, one line of output for each."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from gatewise import Predictor
from gatewise.models.errors import DataError
from gatewise.service.bulk.job import SCORE_COLUMNS, ScoreOptions
from gatewise.service.bulk.stream import LineScorer
from tests.service.bulk.files import predicted


@pytest.fixture(scope="module")
def predictor(model: Path) -> Predictor:
    return Predictor.load(model, threads=1)


def scored(predictor: Predictor, lines: list[str | None], **options: Any) -> list[dict[str, Any]]:
    scorer = LineScorer(predictor, ScoreOptions(format="jsonl", **options))
    return [json.loads(line) for line in scorer.score(lines).splitlines()]


def test_each_line_is_a_text(predictor: Predictor, model: Path) -> None:
    found = scored(predictor, ["I love it", "boring movie"])
    assert [row["probability_positive"] for row in found] == predicted(
        model, ["I love it", "boring movie"]
    )


def test_lines_are_objects_if_the_first_one_is(predictor: Predictor, model: Path) -> None:
    lines = ["", '{"review": "I love it", "id": 7}', "I love it", '{"id": 8}', '{"review": 1}']
    found = scored(predictor, [*lines], text_column="review", keep=("id",))
    assert [row["id"] for row in found] == [None, 7, None, 8, None]
    assert found[1]["probability_positive"] == predicted(model, ["I love it"])[0]
    assert [row["error"] for row in found] == [
        "The text is empty or blank. Pass at least one word.",
        None,
        "The line is not a JSON object.",
        "The object has no review.",
        "1 is not a text.",
    ]


def test_a_text_may_begin_with_a_brace(predictor: Predictor) -> None:
    assert all(row["error"] is None for row in scored(predictor, ["{great movie", '{"text": "a"}']))


def test_a_line_that_is_not_utf_8_has_an_error(predictor: Predictor) -> None:
    assert scored(predictor, [None])[0]["error"] == "The line is not valid UTF-8."


def test_columns_of_texts_cannot_be_kept(predictor: Predictor) -> None:
    with pytest.raises(DataError, match="--keep: the lines of standard input are no JSON objects"):
        scored(predictor, ["I love it"], keep=("id",))


def test_csv_has_a_header_and_the_same_columns(predictor: Predictor) -> None:
    scorer = LineScorer(predictor, ScoreOptions(format="csv", keep=("id",)))
    content = scorer.header() + scorer.score(['{"text": "I love it", "id": "a,b"}', "x"])
    rows = list(csv.DictReader(io.StringIO(content)))
    assert tuple(rows[0]) == ("id", *SCORE_COLUMNS)
    assert (rows[0]["id"], rows[1]["label"], scorer.errors) == ("a,b", "", 1)


def test_json_that_python_cannot_hold_has_an_error_in_its_line(predictor: Predictor) -> None:
    lines: list[str | None] = ['{"text": "a"}', '{"text": ' + "1" * 5000 + "}", "[" * 100_000]
    errors = [row["error"] for row in scored(predictor, lines)]
    assert errors == [None, *["The line is not a JSON object."] * 2]


def test_a_lone_surrogate_is_no_matter_of_the_encoding(predictor: Predictor) -> None:
    found = scored(predictor, ['{"text": "caf\\udce9"}'])
    assert found[0]["error"] == "The text has the lone surrogate U+DCE9."
