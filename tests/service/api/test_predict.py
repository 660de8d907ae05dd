"""POST /predict: the three formats of its response, and the texts that it refuses."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from huggingface_hub import InferenceClient, TextClassificationOutputElement

from gatewise.models import Predictor
from gatewise.service.api.examples import EXAMPLES
from tests.service.problems import only_error, problem

TEXT = "A fine movie, though the ending is dull."


def post(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/predict", json=body)


def test_the_prediction_for_one_text_is_that_of_the_predictor(
    client: httpx.Client, predictor: Predictor
) -> None:
    expected = predictor.predict([TEXT])[0]
    artifact = predictor.artifact
    assert post(client, text=TEXT).json() == {
        "label": expected.label,
        "score": expected.score,
        "probabilities": expected.probabilities,
        "tokens": 10,
        "coverage": expected.coverage,
        "undecided": expected.undecided,
        "warnings": list(expected.warnings),
        "model": {"name": artifact.name, "version": artifact.version, "id": artifact.name},
    }


def test_predictions_for_a_list_are_in_its_order(client: httpx.Client) -> None:
    texts = ["fine", "a much longer text than the others are", "no good"]
    responses = post(client, text=texts).json()
    assert [response["tokens"] for response in responses] == [1, 8, 2]


def test_a_text_has_the_same_prediction_alone_and_in_a_list(client: httpx.Client) -> None:
    texts = [example.text for example in EXAMPLES]
    listed = post(client, text=texts).json()
    alone = [post(client, text=text).json() for text in texts]
    assert [response["score"] for response in listed] == pytest.approx(
        [response["score"] for response in alone], abs=1e-6
    )


def test_the_response_to_a_list_of_one_is_a_list(client: httpx.Client) -> None:
    assert len(post(client, text=[TEXT]).json()) == 1


def test_a_text_of_mostly_unknown_words_has_a_warning(client: httpx.Client) -> None:
    response = post(client, text="qwxz vbnmq zzkrt fine").json()
    assert response["coverage"] == 0.25
    assert response["undecided"] is True
    assert "knows only 25% of these words" in response["warnings"][0]


def test_inputs_return_all_labels_best_first_in_a_nested_list(client: httpx.Client) -> None:
    probabilities = post(client, text=TEXT).json()["probabilities"]
    ((first, second),) = post(client, inputs=TEXT).json()
    assert {first["label"]: first["score"], second["label"]: second["score"]} == probabilities
    assert first["score"] >= second["score"]


def test_a_list_of_inputs_returns_a_list_of_labels_for_each(client: httpx.Client) -> None:
    response = post(client, inputs=[TEXT, "bad"]).json()
    assert [len(labels) for labels in response] == [2, 2]


def test_top_k_keeps_the_best_labels(client: httpx.Client) -> None:
    both = post(client, inputs=TEXT).json()[0]
    assert post(client, inputs=TEXT, parameters={"top_k": 1}).json() == [both[:1]]


def test_without_all_scores_only_the_best_label_is_returned(client: httpx.Client) -> None:
    both = post(client, inputs=TEXT).json()[0]
    best = post(client, inputs=TEXT, parameters={"return_all_scores": False})
    assert best.json() == [both[:1]]


def test_the_hugging_face_client_parses_the_response(base_url: str, client: httpx.Client) -> None:
    probabilities = post(client, text=TEXT).json()["probabilities"]
    hugging_face = InferenceClient(model=f"{base_url}/predict")
    elements = hugging_face.text_classification(TEXT, top_k=2)
    assert {element.label: element.score for element in elements} == probabilities


def test_the_hugging_face_client_can_use_the_base_url(base_url: str, client: httpx.Client) -> None:
    probabilities = post(client, text=TEXT).json()["probabilities"]
    elements = InferenceClient(base_url).text_classification(TEXT, function_to_apply="softmax")
    assert {element.label: element.score for element in elements} == probabilities


def test_the_root_is_the_same_as_predict(client: httpx.Client) -> None:
    for body in ({"text": TEXT}, {"text": [TEXT]}, {"inputs": TEXT}):
        assert client.post("/", json=body).json() == post(client, **body).json()
    assert only_error(client.post("/", json={"text": ""}))["pointer"] == "#/text"


@pytest.mark.parametrize(
    "options",
    [
        {"truncate": True},
        {"truncate": False, "truncation_direction": "Right", "raw_scores": False},
        {"options": {"wait_for_model": True, "use_cache": False}},
        {"parameters": {"truncation": True}},
        {"parameters": {"truncation": "longest_first", "function_to_apply": "softmax"}},
        {"parameters": {"function_to_apply": "sigmoid", "top_k": None}, "options": None},
        {"parameters": {"truncation": True, "max_length": 512, "padding": "max_length"}},
        {"parameters": {"return_all_scores": True}},
        {"parameters": {"return_all_scores": False, "top_k": 2}},
    ],
)
def test_options_of_other_servers_that_change_nothing_are_accepted(
    client: httpx.Client, options: dict[str, Any]
) -> None:
    assert post(client, inputs=TEXT, **options).json() == post(client, inputs=TEXT).json()


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"raw_scores": True}, "#/raw_scores"),
        ({"parameters": {"function_to_apply": "none"}}, "#/parameters/function_to_apply"),
    ],
)
def test_options_of_other_servers_that_would_change_the_scores_are_refused_with_the_reason(
    client: httpx.Client, options: dict[str, Any], pointer: str
) -> None:
    error = only_error(post(client, inputs=TEXT, **options))
    assert error["pointer"] == pointer
    assert "only probabilities" in error["detail"]


def test_a_text_above_the_limit_is_refused_even_with_truncate(
    client_of: Callable[..., httpx.Client],
) -> None:
    client = client_of(max_tokens=3)
    assert "limit is 3" in only_error(post(client, inputs=TEXT, truncate=True))["detail"]


def test_the_hugging_face_client_parses_the_response_to_a_list(
    base_url: str, client: httpx.Client
) -> None:
    texts = [TEXT, "bad"]
    parsed = TextClassificationOutputElement.parse_obj_as_list(post(client, inputs=texts).json())
    assert len(parsed) == 2
    # The client parses the response in this way, but returns only the labels of the first text.
    hugging_face = InferenceClient(model=f"{base_url}/predict")
    first: object = parsed[0]
    assert hugging_face.text_classification(texts, top_k=2) == first  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty or blank"),
        (" \n\t\u3000", "empty or blank"),
        ("<br /><br />", "only white space"),
        ("a\0b", "NUL character at position 1"),
    ],
)
def test_a_text_without_tokens_is_refused(client: httpx.Client, text: str, reason: str) -> None:
    error = only_error(post(client, text=text))
    assert reason in error["detail"]
    assert error["pointer"] == "#/text"


def test_a_lone_surrogate_is_refused_with_the_location(client: httpx.Client) -> None:
    body = rb'{"text": ["fine", "a\ud800b"]}'
    error = only_error(client.post("/predict", content=body))
    assert "U+D800" in error["detail"]
    assert error["pointer"] == "#/text/1"


def test_every_invalid_text_of_a_list_is_reported(client: httpx.Client) -> None:
    errors = problem(post(client, inputs=["fine", " ", "good", "a\0"]), 422)["errors"]
    assert [error["pointer"] for error in errors] == ["#/inputs/1", "#/inputs/3"]


@pytest.mark.parametrize("value", [5, None, True, {"a": "b"}, 1.5])
def test_a_text_of_another_type_is_refused(client: httpx.Client, value: object) -> None:
    error = only_error(post(client, text=value))
    assert error == {"detail": "Must be a string, or a list of strings.", "pointer": "#/text"}


@pytest.mark.parametrize("value", [5, None, ["nested"]])
def test_a_list_item_of_another_type_is_refused(client: httpx.Client, value: object) -> None:
    error = only_error(post(client, text=["fine", value]))
    assert error == {"detail": "Must be a string.", "pointer": "#/text/1"}


def test_an_empty_list_is_refused(client: httpx.Client) -> None:
    assert only_error(post(client, text=[]))["detail"] == "The list is empty. Send at least one."


@pytest.mark.parametrize("body", [{}, {"text": "a", "inputs": "b"}, ["a"], "a", 5, None])
def test_anything_but_one_of_text_and_inputs_is_refused(client: httpx.Client, body: object) -> None:
    error = only_error(client.post("/predict", content=json.dumps(body)))
    assert "exactly one of 'text' and 'inputs'" in error["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "a", "txet": "b"}, "#/txet"),
        ({"text": "a", "parameters": {}}, "#/parameters"),
        ({"inputs": "a", "parameters": {"top_q": 1}}, "#/parameters/top_q"),
    ],
)
def test_an_unknown_field_is_refused_with_its_name(
    client: httpx.Client, body: dict[str, Any], pointer: str
) -> None:
    error = only_error(post(client, **body))
    assert error["pointer"] == pointer
    assert error["detail"].startswith("Unknown field.")


@pytest.mark.parametrize("top_k", [0, -1, 1.5, True, "2"])
def test_an_invalid_top_k_is_refused(client: httpx.Client, top_k: object) -> None:
    error = only_error(post(client, inputs="a", parameters={"top_k": top_k}))
    assert error["pointer"] == "#/parameters/top_k"


def test_a_thousand_texts_are_refused_with_the_limit(client: httpx.Client) -> None:
    error = only_error(post(client, text=["fine"] * 1000))
    assert "1,000 texts; the limit is 256" in error["detail"]


def test_as_many_texts_as_the_limit_allows_are_classified(client: httpx.Client) -> None:
    assert len(post(client, text=["fine"] * 256).json()) == 256


def test_a_text_over_the_token_limit_is_refused_with_the_limit(client: httpx.Client) -> None:
    error = only_error(post(client, text="word " * 50_000))
    assert "50,000 tokens; the limit is 20,000" in error["detail"]


def test_a_text_at_the_token_limit_is_processed_completely(client: httpx.Client) -> None:
    assert post(client, text="word " * 20_000).json()["tokens"] == 20_000
