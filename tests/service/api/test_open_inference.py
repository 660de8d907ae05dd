"""/v2: the Open Inference Protocol, with the predictions of /predict."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.models.artifact.location import DEFAULT_RELEASE

TEXTS = ["A wonderful film.", "A waste of time — “really” 🎬."]
MODEL = DEFAULT_RELEASE.name
INFER = f"/v2/models/{MODEL}/infer"


def request(**changes: Any) -> dict[str, Any]:
    tensor = {"name": "text", "shape": [2], "datatype": "BYTES", "data": TEXTS}
    return {"inputs": [{**tensor, **changes}]}


def infer(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(INFER, json=body)
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    return content


def error_of(response: httpx.Response, status: int) -> str:
    """Check that a response is an error of the protocol, and return its message."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    content = response.json()
    assert content.keys() == {"error"}
    assert isinstance(content["error"], str)
    return content["error"]


def test_every_tensor_has_the_numbers_of_predict(client: httpx.Client) -> None:
    tensors = {tensor["name"]: tensor for tensor in infer(client, request())["outputs"]}
    predictions = client.post("/predict", json={"text": TEXTS}).json()
    for name in ("label", "score", "undecided", "coverage"):
        assert tensors[name]["data"] == [prediction[name] for prediction in predictions]
    positive = [prediction["probabilities"]["positive"] for prediction in predictions]
    assert tensors["probability_positive"]["data"] == positive


def test_the_tensors_are_those_of_the_metadata(client: httpx.Client) -> None:
    metadata = client.get(f"/v2/models/{MODEL}").json()
    returned = infer(client, request())["outputs"]
    described = [(tensor["name"], tensor["datatype"]) for tensor in metadata["outputs"]]
    assert [(tensor["name"], tensor["datatype"]) for tensor in returned] == described
    assert metadata["inputs"] == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]


def test_the_response_names_the_model_and_its_version(
    client: httpx.Client, predictor: Predictor
) -> None:
    response = infer(client, request())
    assert response["model_name"] == MODEL
    assert response["model_version"] == predictor.artifact.version
    assert client.get(f"/v2/models/{MODEL}").json()["versions"] == [predictor.artifact.version]


def test_the_id_of_a_request_is_returned(client: httpx.Client) -> None:
    assert infer(client, {**request(), "id": "42"})["id"] == "42"
    assert "id" not in infer(client, request())


def test_only_requested_outputs_are_returned_in_their_order(client: httpx.Client) -> None:
    outputs = [{"name": "score", "parameters": {"binary_data": False}}, {"name": "label"}]
    returned = infer(client, {**request(), "outputs": outputs})["outputs"]
    assert [tensor["name"] for tensor in returned] == ["score", "label"]


@pytest.mark.parametrize("data", [TEXTS, [[text] for text in TEXTS]], ids=["flat", "nested"])
def test_a_column_of_texts_is_accepted_and_its_shape_returned(
    client: httpx.Client, data: list[Any]
) -> None:
    column = infer(client, request(shape=[2, 1], data=data))["outputs"]
    row = infer(client, request())["outputs"]
    assert [tensor["shape"] for tensor in column] == [[2, 1]] * len(column)
    assert [tensor["data"] for tensor in column] == [tensor["data"] for tensor in row]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "inputs: Required"),
        (request(data=[]), "inputs/0/data"),
        (request(shape=[3]), "shape must be [2] or [2, 1]"),
        (request(shape=[1, 2]), "shape must be [2] or [2, 1]"),
        (request(datatype="FP32"), "'BYTES'"),
        (request(name="input0"), "'text'"),
        (request(data=["A film.", " "]), "inputs/0/data/1: The text is empty or blank"),
        (request(data=["A film.", 1]), "inputs/0/data"),
        ({"inputs": request()["inputs"] * 2}, "at most 1"),
        ({**request(), "outputs": [{"name": "logit"}]}, "outputs/0/name"),
        ({**request(), "text": "a"}, "Unknown field"),
    ],
)
def test_an_invalid_request_is_an_error_of_the_protocol(
    client: httpx.Client, body: dict[str, Any], reason: str
) -> None:
    assert reason in error_of(client.post(INFER, json=body), 400)


def test_a_body_that_is_not_json_is_an_error_of_the_protocol(client: httpx.Client) -> None:
    assert "not JSON" in error_of(client.post(INFER, content=b"{"), 400)


def test_binary_tensors_are_refused_with_advice(client: httpx.Client) -> None:
    headers = {"Inference-Header-Content-Length": "2"}
    message = error_of(client.post(INFER, content=b"{}\0\0\0\1a", headers=headers), 400)
    assert "binary_data=False" in message


def test_a_body_over_the_limit_is_an_error_of_the_protocol(client: httpx.Client) -> None:
    error_of(client.post(INFER, content=b"a" * 3_000_000), 413)


def test_too_many_texts_are_refused(client_of: Callable[..., httpx.Client]) -> None:
    message = error_of(client_of(max_texts=1).post(INFER, json=request()), 400)
    assert "The list has 2 texts; the limit is 1" in message


@pytest.mark.parametrize("path", ["/v2/models/other", "/v2/models/other/ready"])
def test_an_unknown_model_is_404_with_the_known_ones(client: httpx.Client, path: str) -> None:
    assert MODEL in error_of(client.get(path), 404)


def test_inference_by_an_unknown_model_is_404(client: httpx.Client) -> None:
    assert MODEL in error_of(client.post("/v2/models/other/infer", json=request()), 404)


def test_an_unknown_path_is_an_error_of_the_protocol(client: httpx.Client) -> None:
    error_of(client.get("/v2/nowhere"), 404)


def test_a_path_that_only_begins_alike_is_a_problem(client: httpx.Client) -> None:
    response = client.get("/v20")
    assert response.headers["content-type"] == "application/problem+json"


def test_the_server_has_a_name_and_a_version(client: httpx.Client) -> None:
    expected = {"name": "gatewise", "version": version("gatewise"), "extensions": []}
    assert client.get("/v2").json() == expected


def test_a_ready_server_and_its_model_are_ready(client: httpx.Client) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get(f"/v2/models/{MODEL}/ready").json() == {"name": MODEL, "ready": True}


def test_probes_need_no_key_and_inference_does(
    client_of: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text("a-key")
    client = client_of(api_keys_file=keys)
    assert client.get("/v2/health/ready").status_code == 200
    assert client.get("/v2/health/live").status_code == 200
    error_of(client.post(INFER, json=request()), 401)
    accepted = client.post(INFER, json=request(), headers={"x-api-key": "a-key"})
    assert accepted.status_code == 200
