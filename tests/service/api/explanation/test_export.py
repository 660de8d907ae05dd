"""format=csv and format=html: the same numbers as the JSON, and no code or formula."""

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

from gatewise.models import Predictor
from gatewise.models.errors import InvalidTextError
from gatewise.service.api.explanation.render_csv import without_formula
from tests.service.problems import only_error

TEXT = 'It was "great", <b>really</b> 😀 – but\nthe <script>alert(1)</script> end; isn\'t.'
NASTY = "=cmd('calc')!A1 +1+1 @SUM(A1) -2 \t=2 </script><img src=x onerror=alert(1)> &lt; 😀"
EVERYTHING: dict[str, Any] = {
    "gate_effects": True,
    "attribution": True,
    "faithfulness": True,
    "units": [0, 9],
    "interventions": [{"gate": "update", "value": 1, "tokens": [2]}],
}


class Page(HTMLParser):
    """The tags, the numbers, and the text by tag of an HTML page."""

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


def request(client: httpx.Client, form: str, text: str = TEXT, **body: Any) -> httpx.Response:
    response = client.post("/explain", json={"text": text, "format": form, **body})
    assert response.status_code == 200, response.text
    return response


def rows_of(response: httpx.Response) -> list[dict[str, str]]:
    content = response.content.decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def value_at(explanation: dict[str, Any], position: int, column: str) -> Any:
    """Return the value of the JSON that a column of the CSV is named after."""
    intervened, column = column.startswith("intervened."), column.removeprefix("intervened.")
    run = explanation["intervened"] if intervened else explanation
    if column.startswith("units."):
        _, unit, array = column.split(".")
        return run["units"][array][position][run["units"]["ids"].index(int(unit))]
    value = run["tokens"][position]
    for name in column.split("."):
        value = value[name]
    return value


def test_json_is_the_default_format(client: httpx.Client) -> None:
    plain = client.post("/explain", json={"text": TEXT})
    assert plain.headers["content-type"] == "application/json"
    assert plain.content == request(client, "json").content


@pytest.mark.parametrize("body", [{}, EVERYTHING, {"convention": "chung2014"}])
def test_every_cell_of_the_csv_is_the_value_of_the_json(
    client: httpx.Client, body: dict[str, Any]
) -> None:
    response = request(client, "csv", **body)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="explanation.csv"'
    explanation, rows = request(client, "json", **body).json(), rows_of(response)
    assert len(rows) == len(explanation["tokens"])
    for position, row in enumerate(rows):
        assert row.pop("token") == str(position)
        for column, cell in row.items():
            value = value_at(explanation, position, column)
            if isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, list):
                assert cell.split() == value
            elif isinstance(value, str) or value is None:
                assert cell == (value or "")
            else:
                assert float(cell) == value, column


def test_the_csv_has_columns_for_what_was_requested(client: httpx.Client) -> None:
    columns = set(rows_of(request(client, "csv", **EVERYTHING))[0])
    assert {
        "gate_effects.update_at_1",
        "attribution",
        "units.9.hidden",
        "intervened.units.0.reset",
    } <= columns
    plain = set(rows_of(request(client, "csv"))[0])
    assert {"attribution", "without", "reset.deviation"} <= plain
    assert not {"gate_effects", "gate_effects.update_at_1"} & plain
    declined = set(rows_of(request(client, "csv", attribution=False))[0])
    assert plain - declined == {"attribution", "without"}


def test_an_emoticon_that_looks_like_a_formula_is_quoted() -> None:
    assert [without_formula(token) for token in ("=D", "=", "good")] == ["'=D", "=", "good"]


@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_words_are_written_to_the_csv_unchanged(client: httpx.Client, text: str) -> None:
    tokens = request(client, "json", text).json()["tokens"]
    assert [row["text"] for row in rows_of(request(client, "csv", text))] == [
        token["text"] for token in tokens
    ]


@given(text=st.text() | st.text("=+-@ab\t1.'’\r\n:D)(_^ ", min_size=1))
def test_no_token_can_be_a_formula(predictor: Predictor, text: str) -> None:
    try:
        encoding = predictor.encode([text])[0]
    except InvalidTextError:
        return
    words = [without_formula(encoding.word(position)) for position in range(len(encoding))]
    assert [word for word in words if len(word) > 1 and word[0] in "=+-@\t\r"] == []


@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_the_text_adds_no_elements_or_attributes_to_the_page(
    client: httpx.Client, text: str
) -> None:
    page, plain = (Page(request(client, "html", t).text) for t in (text, "A fine film."))
    assert set(page.tags) == set(plain.tags)
    assert {name for name, _ in page.attributes} == {name for name, _ in plain.attributes}
    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1


@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_the_page_shows_the_text_unchanged(client: httpx.Client, text: str) -> None:
    assert Page(request(client, "html", text).text).text["highlight"] == text


@pytest.mark.parametrize("body", [{}, EVERYTHING])
def test_the_page_contains_the_whole_json(client: httpx.Client, body: dict[str, Any]) -> None:
    source = request(client, "html", NASTY, **body).text
    (found,) = re.findall(
        r'<script type="application/json" id="explanation">(.*?)</script>', source
    )
    assert json.loads(found) == request(client, "json", NASTY, **body).json()


def test_the_page_contains_every_number_with_all_digits(client: httpx.Client) -> None:
    explanation = request(client, "json", **EVERYTHING).json()
    numbers = set(Page(request(client, "html", **EVERYTHING).text).numbers)
    decomposition = explanation["decomposition"]
    assert {
        decomposition["bias"],
        decomposition["logit"],
        decomposition["residual"],
        explanation["score"],
    } <= numbers
    for token in explanation["tokens"]:
        assert set(token["decomposition"].values()) <= numbers
        assert set(token["reset"].values()) | set(token["update"].values()) <= numbers
        assert {token["attribution"], token["without"], *token["gate_effects"].values()} <= numbers
        assert {token["running_probability"], token["kept_share"]} <= numbers
    for sentence in explanation["sentences"]:
        assert {sentence["attribution"], sentence["without"]} <= numbers
    assert {
        token["running_probability"] for token in explanation["intervened"]["tokens"]
    } <= numbers


@pytest.mark.parametrize(
    ("attribution", "coloured_by"), [(True, "attribution"), (False, "decomposition")]
)
def test_the_page_is_coloured_by_attribution_if_there_is_one(
    client: httpx.Client, attribution: bool, coloured_by: str
) -> None:
    explanation = request(client, "json", attribution=attribution).json()
    source = request(client, "html", attribution=attribution).text
    assert f"by their {coloured_by}; full" in source
    titles = re.findall(r'<span class="[pn] s\d+" title="([^"]*)">', source)
    values = [
        token["attribution"] if attribution else token["decomposition"]["total"]
        for token in explanation["tokens"]
    ]
    assert titles == [f"{value:+.3f}".replace("-", "−") for value in values]


def test_the_page_has_no_scripts_and_no_external_resources(client: httpx.Client) -> None:
    response = request(client, "html")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "sandbox" in policy
    page = Page(response.text)
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "href", "style", "onload"}
    assert unescape(re.findall(r'policy" content="([^"]*)"', response.text)[0]) in policy


def test_get_and_post_return_the_same(client: httpx.Client) -> None:
    for form in ("csv", "html"):
        by_url = client.get("/explain", params={"text": TEXT, "format": form, "attribution": True})
        assert by_url.content == request(client, form, attribution=True).content


def test_an_unknown_format_is_refused(client: httpx.Client) -> None:
    error = only_error(client.get("/explain", params={"text": TEXT, "format": "pdf"}))
    assert error["parameter"] == "format"
    assert "'json', 'csv' or 'html'" in error["detail"]


@pytest.mark.parametrize("form", ["csv", "html"])
def test_errors_are_problems_in_every_format(client: httpx.Client, form: str) -> None:
    error = only_error(client.post("/explain", json={"text": "a\0b", "format": form}))
    assert "NUL character at position 1" in error["detail"]
