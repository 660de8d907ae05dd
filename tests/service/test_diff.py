"""GET and POST /explain/diff: both texts as /explain has them, aligned, and an exact account."""

from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Predictor
from service.diff_schemas import DiffAnswer
from service.examples import EXAMPLES
from tests.service.asking import explain
from tests.service.problems import only_error

TEXT = EXAMPLES[0].text
OTHER = TEXT.replace("really boring", "never boring")
WORDS = ["great", "movie", "boring", "plot", "the", "qwxzzy", "!"]


def diff(client: httpx.Client, text: str = TEXT, other: str = OTHER, **more: Any) -> dict[str, Any]:
    response = client.post("/explain/diff", json={"text": text, "other": other, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    DiffAnswer.model_validate(answer)
    return answer


def test_both_texts_are_as_explain_has_them(client: httpx.Client) -> None:
    answer = diff(client)
    for name, text in (("text", TEXT), ("other", OTHER)):
        explained = explain(client, text=text)
        assert answer[name] == {member: explained[member] for member in answer[name]}
        assert answer["unusual"] == explained["unusual"]


def test_a_changed_word_stands_beside_the_word_it_was(client: httpx.Client) -> None:
    answer = diff(client)
    edited = [row for row in answer["rows"] if row["kind"] != "same"]
    words = [
        (
            answer["text"]["tokens"][row["token"]]["text"],
            answer["other"]["tokens"][row["other_token"]]["text"],
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
    answer = diff(client, " ".join(words), " ".join(others))
    change = answer["change"]
    total = sum(row["contribution"]["total"] for row in answer["rows"])
    assert total + change["residual"] == pytest.approx(change["logit"], abs=1e-9)
    assert change["edited_tokens"] + change["same_tokens"] == pytest.approx(total, abs=1e-9)
    assert abs(change["residual"]) < 1e-4
    ledgers = answer["text"]["ledger"], answer["other"]["ledger"]
    assert change["logit"] == ledgers[1]["logit"] - ledgers[0]["logit"]


def test_the_words_before_an_edit_are_read_the_same(client: httpx.Client) -> None:
    answer = diff(client)
    edit = next(row["token"] for row in answer["rows"] if row["kind"] != "same")
    for row in answer["rows"][:edit]:
        assert row["running_probability"] == pytest.approx(0, abs=1e-6)
        assert row["reset"]["distance"] == pytest.approx(0, abs=1e-6)


def test_the_gates_of_two_tokens_are_compared_unit_by_unit(
    client: httpx.Client, predictor: Predictor
) -> None:
    answer = diff(client)
    traces = [predictor.explain(text).trace for text in (TEXT, OTHER)]
    row = answer["rows"][-1]
    moved = traces[1].update_gate[-1] - traces[0].update_gate[-1]
    assert row["update"] == pytest.approx(
        {"mean": float(moved.mean()), "distance": float(np.abs(moved).mean())}, abs=1e-6
    )


def test_a_token_without_a_partner_has_no_gates_to_compare(client: httpx.Client) -> None:
    answer = diff(client, "A fine film.", "A film.")
    row = answer["rows"][1]
    assert (row["kind"], row["token"], row["other_token"]) == ("removed", 1, None)
    assert row["reset"] is row["update"] is row["running_probability"] is None
    gone = answer["text"]["tokens"][1]["contribution"]["total"]
    assert row["contribution"]["total"] == -gone


def test_a_verdict_that_changes_is_said_to(client: httpx.Client) -> None:
    assert diff(client, "A great film!", "An awful film!")["change"]["label_changes"]
    assert not diff(client, "A great film!", "A great film.")["change"]["label_changes"]


def test_course_leaves_all_but_the_update_gate_alone(client: httpx.Client) -> None:
    ours, theirs = diff(client), diff(client, convention="course")
    for name in ("reset", "contribution", "running_probability", "kind"):
        assert [row[name] for row in ours["rows"]] == [row[name] for row in theirs["rows"]]
    assert theirs["notation"]["update_symbol"] == "u"
    assert theirs["text"]["tokens"] == explain(client, text=TEXT, convention="course")["tokens"]


def test_the_change_of_the_update_gate_is_in_the_convention(client: httpx.Client) -> None:
    ours, theirs = (
        diff(client, "A great film!", "An awful film!", convention=name)["rows"][1]["update"]
        for name in ("pytorch", "course")
    )
    assert theirs["mean"] == pytest.approx(-ours["mean"], abs=1e-6)
    assert theirs["distance"] == pytest.approx(ours["distance"], abs=1e-6)


def test_get_and_post_answer_the_same(client: httpx.Client) -> None:
    question = {"text": TEXT, "other": OTHER, "convention": "course"}
    assert client.get("/explain/diff", params=question).json() == diff(client, convention="course")


@pytest.mark.parametrize(
    ("body", "pointer", "reason"),
    [
        ({"text": TEXT}, "#/other", "Required"),
        ({"text": TEXT, "other": " "}, "#/other", "empty or blank"),
        ({"text": "a\0b", "other": TEXT}, "#/text", "NUL"),
        ({"text": TEXT, "other": ["a"]}, "#/other", "Must be a string"),
        ({"text": TEXT, "other": TEXT, "holds": []}, "#/holds", "Unknown field"),
    ],
)
def test_a_bad_question_is_refused_by_its_place(
    client: httpx.Client, body: dict[str, Any], pointer: str, reason: str
) -> None:
    error = only_error(client.post("/explain/diff", json=body))
    assert error["pointer"] == pointer
    assert reason in error["detail"]
