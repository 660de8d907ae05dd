"""format=csv and format=html: the same numbers as the JSON, and nothing in them can run."""

import csv
import io
import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Predictor
from models.errors import InvalidTextError
from tests.service.problems import only_error

TEXT = 'It was "great", <b>really</b> 😀 – but\nthe <script>alert(1)</script> end; isn\'t.'
NASTY = "=cmd('calc')!A1 +1+1 @SUM(A1) -2 \t=2 </script><img src=x onerror=alert(1)> &lt; 😀"
EVERYTHING: dict[str, Any] = {
    "effects": True,
    "credit": True,
    "faithfulness": True,
    "units": [0, 9],
    "holds": [{"gate": "update", "value": 1, "tokens": [2]}],
}


class Page(HTMLParser):
    """What a browser would find in a page: its tags, its numbers, and text by tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.numbers: list[float] = []
        self.text: dict[str, str] = {}
        self._inside: list[tuple[str, str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "data":
            self.numbers.append(float(str(dict(attrs)["value"])))
        if tag != "meta":
            self._inside.append((tag, dict(attrs).get("class") or tag))

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for name in {name for _, name in self._inside}:
            self.text[name] = self.text.get(name, "") + data


def ask(client: httpx.Client, form: str, text: str = TEXT, **body: Any) -> httpx.Response:
    response = client.post("/explain", json={"text": text, "format": form, **body})
    assert response.status_code == 200, response.text
    return response


def rows_of(response: httpx.Response) -> list[dict[str, str]]:
    content = response.content.decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def at(answer: dict[str, Any], place: int, column: str) -> Any:
    """Find what a column of the CSV is named after."""
    held, column = column.startswith("held."), column.removeprefix("held.")
    run = answer["held"] if held else answer
    if column.startswith("units."):
        _, unit, array = column.split(".")
        return run["units"][array][place][run["units"]["ids"].index(int(unit))]
    value = run["tokens"][place]
    for name in column.split("."):
        value = value[name]
    return value


def test_json_is_the_format_when_none_is_asked_for(client: httpx.Client) -> None:
    plain = client.post("/explain", json={"text": TEXT})
    assert plain.headers["content-type"] == "application/json"
    assert plain.content == ask(client, "json").content


@pytest.mark.parametrize("body", [{}, EVERYTHING, {"convention": "course"}])
def test_every_cell_of_the_csv_is_the_number_of_the_json(
    client: httpx.Client, body: dict[str, Any]
) -> None:
    response = ask(client, "csv", **body)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="explanation.csv"'
    answer, rows = ask(client, "json", **body).json(), rows_of(response)
    assert len(rows) == len(answer["tokens"])
    for place, row in enumerate(rows):
        assert row.pop("token") == str(place)
        for column, cell in row.items():
            value = at(answer, place, column)
            if isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, list):
                assert cell.split() == value
            elif isinstance(value, str):
                assert cell == value
            else:
                assert float(cell) == value, column


def test_the_csv_has_a_column_for_all_that_was_asked_for(client: httpx.Client) -> None:
    columns = set(rows_of(ask(client, "csv", **EVERYTHING))[0])
    assert {"effects.update_closed", "credit", "units.9.hidden", "held.units.0.reset"} <= columns
    assert not {"effects", "effects.update_closed", "credit"} & set(rows_of(ask(client, "csv"))[0])


@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_words_are_written_to_the_csv_as_they_are(client: httpx.Client, text: str) -> None:
    tokens = ask(client, "json", text).json()["tokens"]
    assert [row["text"] for row in rows_of(ask(client, "csv", text))] == [
        token["text"] for token in tokens
    ]


@given(text=st.text() | st.text("=+-@ab\t1.'’\r\n", min_size=1))
def test_no_token_can_be_a_formula(predictor: Predictor, text: str) -> None:
    try:
        encoding = predictor.encode([text])[0]
    except InvalidTextError:
        return
    words = [encoding.word(place) for place in range(len(encoding))]
    assert [word for word in words if word[0] in "=+-@\t\r" and len(word) > 1] == []


@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_the_page_has_no_element_and_no_attribute_of_the_text(
    client: httpx.Client, text: str
) -> None:
    page, plain = (Page(ask(client, "html", t).text) for t in (text, "A fine film."))
    assert set(page.tags) == set(plain.tags)
    assert {name for name, _ in page.attributes} == {name for name, _ in plain.attributes}
    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1


@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_the_page_shows_the_text_as_it_was(client: httpx.Client, text: str) -> None:
    assert Page(ask(client, "html", text).text).text["strip"] == text


@pytest.mark.parametrize("body", [{}, EVERYTHING])
def test_the_page_holds_the_whole_answer(client: httpx.Client, body: dict[str, Any]) -> None:
    source = ask(client, "html", NASTY, **body).text
    (found,) = re.findall(
        r'<script type="application/json" id="explanation">(.*?)</script>', source
    )
    assert json.loads(found) == ask(client, "json", NASTY, **body).json()


def test_every_number_of_the_table_is_in_the_page_in_full(client: httpx.Client) -> None:
    answer = ask(client, "json", **EVERYTHING).json()
    numbers = set(Page(ask(client, "html", **EVERYTHING).text).numbers)
    ledger = answer["ledger"]
    assert {ledger["bias"], ledger["logit"], ledger["residual"], answer["score"]} <= numbers
    for token in answer["tokens"]:
        assert set(token["contribution"].values()) <= numbers
        assert set(token["reset"].values()) | set(token["update"].values()) <= numbers
        assert {token["credit"], *token["effects"].values()} <= numbers
        assert {token["running_probability"], token["kept_share"]} <= numbers
    assert {token["running_probability"] for token in answer["held"]["tokens"]} <= numbers


def test_the_page_loads_nothing_and_runs_nothing(client: httpx.Client) -> None:
    response = ask(client, "html")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "sandbox" in policy
    page = Page(response.text)
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "href", "style", "onload"}
    assert unescape(re.findall(r'policy" content="([^"]*)"', response.text)[0]) in policy


def test_get_and_post_answer_the_same(client: httpx.Client) -> None:
    for form in ("csv", "html"):
        by_url = client.get("/explain", params={"text": TEXT, "format": form, "credit": True})
        assert by_url.content == ask(client, form, credit=True).content


def test_an_unknown_format_is_refused_by_name(client: httpx.Client) -> None:
    error = only_error(client.get("/explain", params={"text": TEXT, "format": "pdf"}))
    assert error["parameter"] == "format"
    assert "'json', 'csv' or 'html'" in error["detail"]


@pytest.mark.parametrize("form", ["csv", "html"])
def test_a_refusal_is_a_problem_in_any_format(client: httpx.Client, form: str) -> None:
    error = only_error(client.post("/explain", json={"text": "a\0b", "format": form}))
    assert "NUL character at position 1" in error["detail"]
