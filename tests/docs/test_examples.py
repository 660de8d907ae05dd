"""The examples of the README and of the pages run, and return what is shown."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from docs.tools.examples import Example, examples, pages, record, recorded, send
from docs.tools.figures import ROOT, release
from docs.tools.fill import agree

EXAMPLES = [example for page in pages() for example in examples(page)]
CURLS = [
    (example, command)
    for example in EXAMPLES
    if example.language == "sh" and example.name is None
    for command in example.commands
    if command[0] == "curl"
]


def title(value: object) -> str:
    """Name a test by the page and the command."""
    if isinstance(value, Example):
        return value.page.stem
    return " ".join(value)[:60] if isinstance(value, list) else str(value)


@pytest.fixture(scope="module")
def outputs(client: TestClient) -> dict[str, dict[str, Any]]:
    """What every example with a name returns now. Every Python block of every page runs, too."""
    return record(client)


def test_outputs_were_recorded_with_the_released_model() -> None:
    assert recorded()["model"] == release().title


@pytest.mark.slow
def test_every_recorded_output_belongs_to_an_example(outputs: dict[str, dict[str, Any]]) -> None:
    assert recorded()["outputs"].keys() == outputs.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", [example.name for example in EXAMPLES if example.name])
def test_an_example_returns_what_is_recorded(name: str, outputs: dict[str, dict[str, Any]]) -> None:
    assert agree(recorded()["outputs"][name], outputs[name])


@pytest.mark.parametrize(("example", "command"), CURLS, ids=title)
def test_a_request_without_recorded_output_succeeds(
    example: Example,
    command: list[str],
    client: TestClient,
    client_with_keys: TestClient,
) -> None:
    needs_key = any("KEY" in word for word in command)
    response = send(client_with_keys if needs_key else client, command)
    assert response.is_success, response.text


def test_a_request_with_a_key_is_refused_without_it(client_with_keys: TestClient) -> None:
    assert client_with_keys.post("/predict", json={"text": "A gem."}).status_code == 401


def test_the_tutorial_is_about_the_first_example_of_the_page(client: TestClient) -> None:
    text = client.get("/examples").json()[0]["text"]
    assert text in (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_numbers_may_differ_by_rounding_and_nothing_else_may() -> None:
    shown = {"label": "negative", "score": 0.969, "printed": "But  -0.20"}
    assert agree(shown, {"label": "negative", "score": 0.9691, "printed": "But  -0.21"})
    assert not agree(shown, {**shown, "score": 0.95})
    assert not agree(shown, {**shown, "label": "positive"})
    assert not agree(shown, {**shown, "printed": "The  -0.20"})
