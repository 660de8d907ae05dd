"""A row that cannot be scored has an error in its row, or ends the run with its place."""

from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from gatewise.models.errors import DataError
from tests.service.bulk.files import frame, read_rows, run

GOOD = '{"text": "I love it"}'
LINES = [
    GOOD,
    '{"text": null}',
    '{"text": "  "}',
    '{"text": 7}',
    '{"text": "a\\u0000b"}',
    '{"text": "' + "movie " * 60 + '"}',
    '{"text": "I love',
    '{"id": 1}',
    GOOD,
    '{"text": "a", "id": ' + "1" * 5000 + "}",
    '{"text": ' + "[" * 100_000,
]
REASONS = {
    1: "The text is missing",
    2: "The text is empty or blank",
    3: "7 is not a text",
    4: "The text has a NUL character",
    5: "The text has 60 tokens; the limit is 50",
    6: "not valid JSON",
    7: "The text is missing",
    9: "not valid JSON: an integer has too many digits",
    10: "not valid JSON: it is nested too deeply",
}


def test_every_kind_of_bad_row_has_its_reason_in_its_row(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text("\n".join(LINES))
    scored = run(path, tmp_path / "out", model, max_tokens=50)
    assert [place for place, row in enumerate(scored.rows) if row["error"]] == list(REASONS)
    for place, reason in REASONS.items():
        row = scored.rows[place]
        assert row["error"].startswith(reason)
        assert {value for name, value in row.items() if name != "error"} == {None}
    assert scored.rows[0]["score"] == scored.rows[8]["score"] is not None


def test_bad_rows_are_counted_and_the_first_are_named(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text("\n".join(LINES))
    statistics = run(path, tmp_path / "out", model, max_tokens=50).outcome.statistics
    assert (statistics.total.rows, statistics.total.errors) == (11, 9)
    assert statistics.first_errors[0] == (f"{path}, line 2", "The text is missing.")
    assert len(statistics.first_errors) == 5


def test_a_malformed_row_of_csv_keeps_its_place(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,text\n1,Good.\n2,Long, but good.\n3,Bad.\n")
    scored = run(path, tmp_path / "out", model, keep=("id",))
    assert [row["id"] for row in scored.rows] == ["1", None, "3"]
    assert scored.rows[1]["error"].startswith("3 fields, where the header has 2")


def test_a_run_that_stops_at_a_bad_row_names_the_first_one(tmp_path: Path, model: Path) -> None:
    frame(200, bad=(57, 61, 190)).to_csv(tmp_path / "reviews.csv", index=False)
    with pytest.raises(DataError, match=r"reviews\.csv, line 59: The text is empty or blank"):
        run(tmp_path / "reviews.csv", tmp_path / "out", model, on_bad_row="stop", part_rows=5)
    rows = read_rows(tmp_path / "out")
    assert all(row["error"] is None for row in rows)
    assert not (tmp_path / "out" / "_SUCCESS").exists()


def test_a_number_in_a_spreadsheet_is_a_text(tmp_path: Path, model: Path) -> None:
    rows = frame(2).astype({"text": object})
    rows.loc[1, "text"] = 10
    rows.to_excel(tmp_path / "reviews.xlsx", index=False)
    scored = run(tmp_path / "reviews.xlsx", tmp_path / "out", model)
    assert scored.rows[1]["error"] is None


def test_the_first_of_two_parts_that_fail_at_once_is_the_error(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for_all(connections: list[Connection]) -> list[Connection]:
        return [connection for connection in connections if connection.poll(30)]

    monkeypatch.setattr("gatewise.service.bulk.engines.pool.wait", wait_for_all)
    frame(2, bad=(0, 1)).to_csv(tmp_path / "reviews.csv", index=False)
    with pytest.raises(DataError, match=r"reviews\.csv, line 2: The text is empty or blank"):
        run(tmp_path / "reviews.csv", tmp_path / "out", model, on_bad_row="stop", part_rows=1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [("[" + "1" * 5000 + "]", "an integer has too many digits"), ("[" * 100_000, "too deeply")],
)
def test_json_that_python_cannot_hold_is_an_error(
    tmp_path: Path, model: Path, content: str, reason: str
) -> None:
    (tmp_path / "reviews.json").write_text(content)
    with pytest.raises(DataError, match=f"not valid JSON: .*{reason}"):
        run(tmp_path / "reviews.json", tmp_path / "out", model)
