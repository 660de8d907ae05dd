"""How requests use the model: tokenized once, and outside the event loop if they are long."""

from threading import Thread

import httpx
import pytest

from gatewise.models.tokenizer import WordTokenizer
from tests.service.problems import problem

SHORT, LONG = "A fine film.", "A fine film. " * 100


def test_other_requests_are_served_during_a_long_inference(
    base_url: str, client: httpx.Client
) -> None:
    responses: list[httpx.Response] = []

    def predict_long_texts() -> None:
        body = {"text": ["word " * 10_000] * 2}
        responses.append(httpx.post(f"{base_url}/predict", json=body, timeout=120))

    thread = Thread(target=predict_long_texts)
    thread.start()
    served = 0
    while thread.is_alive():
        assert client.get("/health").status_code == 200
        served += 1
    assert responses[0].status_code == 200
    assert served > 5


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["in the event loop", "in a thread"])
@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_a_text_is_tokenized_once(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    encode_batch, calls = WordTokenizer.encode_batch, []

    def record(*arguments: object, **options: object) -> object:
        calls.append(arguments[1])
        return encode_batch(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(WordTokenizer, "encode_batch", record)
    assert client.post(path, json={"text": text}).status_code == 200
    assert calls == [[text]]


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["in the event loop", "in a thread"])
def test_invalid_texts_of_a_list_keep_their_locations(client: httpx.Client, text: str) -> None:
    response = client.post("/predict", json={"text": [text, " ", text, "a\0"]})
    errors = problem(response, 422)["errors"]
    assert [error["pointer"] for error in errors] == ["#/text/1", "#/text/3"]
