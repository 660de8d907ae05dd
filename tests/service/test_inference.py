"""Worker threads: the event loop stays free, and the number of threads is bounded."""

import asyncio
import time
from threading import Lock, Thread

import httpx
import torch

from models import Predictor
from service.inference import Inference
from service.metrics import Metrics
from service.settings import Settings


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


def test_no_more_inferences_run_at_a_time_than_set(predictor: Predictor) -> None:
    inference = Inference(predictor, Settings(concurrency=2), Metrics(model="m", version="1"))
    lock, running, most = Lock(), 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1

    async def ask() -> None:
        await asyncio.gather(*(inference.run("test", work) for _ in range(8)))

    asyncio.run(ask())
    assert most == 2


def test_the_threads_of_pytorch_are_those_set_in_worker_threads_too(predictor: Predictor) -> None:
    for threads in (2, 1):
        inference = Inference(predictor, Settings(threads=threads), Metrics(model="m", version="1"))
        assert asyncio.run(inference.run("test", torch.get_num_threads)) == threads
