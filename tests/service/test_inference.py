"""What a request may do with the model: the event loop stays free, and tokens are counted."""

import asyncio
from contextlib import suppress
from threading import Thread

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Predictor
from models.errors import InvalidTextError
from service.examples import EXAMPLES
from service.inference import count_tokens

ODD = ["____", "don't movie's", "1,000.5 8/10", "!!!...", "日本語 文", "e\u0301a\u0308", "a_b"]


def test_other_requests_are_answered_during_a_long_inference(
    base_url: str, client: httpx.Client
) -> None:
    answers: list[httpx.Response] = []

    def long() -> None:
        body = {"text": ["word " * 10_000] * 2}
        answers.append(httpx.post(f"{base_url}/predict", json=body, timeout=120))

    thread = Thread(target=long)
    thread.start()
    answered = 0
    while thread.is_alive():
        assert client.get("/health").status_code == 200
        answered += 1
    assert answers[0].status_code == 200
    assert answered > 5


@pytest.mark.parametrize("text", [*(example.text for example in EXAMPLES), *ODD])
def test_tokens_are_never_counted_too_few(predictor: Predictor, text: str) -> None:
    assert asyncio.run(count_tokens([text])) >= len(predictor.encode([text])[0])


def test_tokens_of_a_review_are_counted_almost_exactly(predictor: Predictor) -> None:
    text = EXAMPLES[2].text * 100  # long enough to be counted in pieces
    tokens = len(predictor.encode([text])[0])
    assert asyncio.run(count_tokens([text])) <= tokens * 1.05


@given(st.text(min_size=1, max_size=50))
def test_tokens_of_any_text_are_never_counted_too_few(predictor: Predictor, text: str) -> None:
    with suppress(InvalidTextError):
        assert asyncio.run(count_tokens([text])) >= len(predictor.encode([text])[0])
