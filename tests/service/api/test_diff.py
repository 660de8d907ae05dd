"""GET and POST /explain/diff: both explanations, their alignment, and exact changes."""

from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gatewise.models import Predictor
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.schemas.diff import DiffRecord
from tests.service.api_client import explain
from tests.service.problems import only_error

TEXT = EXAMPLES[0].text
OTHER = TEXT.replace("really boring", "never boring")
WORDS = ["great", "movie", "boring", "plot", "the", "qwxzzy", "!"]


def diff(client: httpx.Client, text: str = TEXT, other: str = OTHER, **more: Any) -> dict[str, Any]:
    response = client.post("/explain/diff", json={"text": text, "other": other, **more})
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    TypeAdapter(DiffRecord).validate_python(content)
    return content


def test_both_texts_equal_their_explanations(client: httpx.Client) -> None:
    content = diff(client)
    for name, text in (("text", TEXT), ("other", OTHER)):
        explained = explain(client, text=text)
        assert content[name] == {member: explained[member] for member in content[name]}
        assert content["unusual"] == explained["unusual"]


def test_a_changed_word_is_paired_with_the_original(client: httpx.Client) -> None:
    content = diff(client)
    edited = [row for row in content["rows"] if row["kind"] != "same"]
    words = [
        (
            content["text"]["tokens"][row["token"]]["text"],
            content["other"]["tokens"][row["other_token"]]["text"],
        )
        for row in edited
    ]
    assert words == [("really", "never")]


@settings(max_examples=20)
@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=40),
    others=st.lists(st.sampled_from(WORDS), min_size=1, max_size=40),
)
def test_the_changes_of_all_rows_sum_to_the_change_of_the_logit(
    client: httpx.Client, words: list[str], others: list[str]
) -> None:
    content = diff(client, " ".join(words), " ".join(others))
    change = content["change"]
    total = sum(row["decomposition"]["total"] for row in content["rows"])
    assert total + change["residual"] == pytest.approx(change["logit"], abs=1e-9)
    assert change["edited_tokens"] + change["same_tokens"] == pytest.approx(total, abs=1e-9)
    assert abs(change["residual"]) < 1e-4
    decompositions = content["text"]["decomposition"], content["other"]["decomposition"]
    assert change["logit"] == decompositions[1]["logit"] - decompositions[0]["logit"]


def test_the_changes_of_all_attributions_sum_to_the_change_of_the_logit(
    client: httpx.Client,
) -> None:
    content = diff(client)
    total = sum(row["attribution"] for row in content["rows"])
    assert total == pytest.approx(content["change"]["logit"], abs=1e-4)


def test_rows_have_no_attribution_if_none_was_asked_for(client: httpx.Client) -> None:
    content = client.post(
        "/explain/diff", json={"text": "A fine film", "other": "A dull film", "attribution": False}
    ).json()
    assert {row["attribution"] for row in content["rows"]} == {None}


def test_tokens_before_an_edit_do_not_change(client: httpx.Client) -> None:
    content = diff(client)
    edit = next(row["token"] for row in content["rows"] if row["kind"] != "same")
    for row in content["rows"][:edit]:
        assert row["running_probability"] == pytest.approx(0, abs=1e-6)
        assert row["reset"]["distance"] == pytest.approx(0, abs=1e-6)


def test_the_gates_of_two_tokens_are_compared_unit_by_unit(
    client: httpx.Client, predictor: Predictor
) -> None:
    content = diff(client)
    traces = [predictor.explain(text).trace for text in (TEXT, OTHER)]
    row = content["rows"][-1]
    moved = traces[1].update_gate[-1] - traces[0].update_gate[-1]
    assert row["update"] == pytest.approx(
        {"mean": float(moved.mean()), "distance": float(np.abs(moved).mean())}, abs=1e-6
    )


def test_an_unpaired_token_has_no_gate_changes(client: httpx.Client) -> None:
    content = diff(client, "A fine film.", "A film.")
    row = content["rows"][1]
    assert (row["kind"], row["token"], row["other_token"]) == ("removed", 1, None)
    assert row["reset"] is row["update"] is row["running_probability"] is None
    removed = content["text"]["tokens"][1]["decomposition"]["total"]
    assert row["decomposition"]["total"] == -removed


def test_label_changes_is_true_if_the_labels_differ(client: httpx.Client) -> None:
    assert diff(client, "A great film!", "An awful film!")["change"]["label_changes"]
    assert not diff(client, "A great film!", "A great film.")["change"]["label_changes"]


def test_chung2014_changes_only_the_update_gate(client: httpx.Client) -> None:
    pytorch, chung = diff(client), diff(client, convention="chung2014")
    for name in ("reset", "decomposition", "running_probability", "kind"):
        assert [row[name] for row in pytorch["rows"]] == [row[name] for row in chung["rows"]]
    assert chung["notation"]["update_symbol"] == "u"
    assert chung["text"]["tokens"] == explain(client, text=TEXT, convention="chung2014")["tokens"]


def test_the_change_of_the_update_gate_is_in_the_convention(client: httpx.Client) -> None:
    pytorch, chung = (
        diff(client, "A great film!", "An awful film!", convention=name)["rows"][1]["update"]
        for name in ("pytorch", "chung2014")
    )
    assert chung["mean"] == pytest.approx(-pytorch["mean"], abs=1e-6)
    assert chung["distance"] == pytest.approx(pytorch["distance"], abs=1e-6)


def test_get_and_post_return_the_same(client: httpx.Client) -> None:
    query = {"text": TEXT, "other": OTHER, "convention": "chung2014"}
    assert client.get("/explain/diff", params=query).json() == diff(client, convention="chung2014")


@pytest.mark.parametrize(
    ("body", "pointer", "reason"),
    [
        ({"text": TEXT}, "#/other", "Required"),
        ({"text": TEXT, "other": " "}, "#/other", "empty or blank"),
        ({"text": "a\0b", "other": TEXT}, "#/text", "NUL"),
        ({"text": TEXT, "other": ["a"]}, "#/other", "Must be a string"),
        ({"text": TEXT, "other": TEXT, "interventions": []}, "#/interventions", "Unknown field"),
    ],
)
def test_an_invalid_request_is_refused_with_the_location(
    client: httpx.Client, body: dict[str, Any], pointer: str, reason: str
) -> None:
    error = only_error(client.post("/explain/diff", json=body))
    assert error["pointer"] == pointer
    assert reason in error["detail"]
