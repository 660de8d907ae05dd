"""Latency of POST /predict beside the plain `nn.GRU` it cannot be faster than.

    python -m tests.benchmarks.predict_latency [--rounds N]

One client on one kept-alive connection; the server runs in a thread of this process, with the
settings of the environment. Every round times each thing once, so that all of them meet the same
weather; figures are medians. The last line is JSON.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Callable, Sequence

import httpx
import torch

from models import Predictor
from service.app import create_app
from service.examples import EXAMPLES
from service.settings import Settings
from tests.benchmarks.timing import measure
from tests.service.serving import serve
from training.network import SentimentGRU

TOKENS = 230


def review(predictor: Predictor, tokens: int = TOKENS) -> str:
    """Write a review of exactly so many tokens."""
    encoding = predictor.encode([" ".join(example.text for example in EXAMPLES) * 4])[0]
    return encoding.text[: encoding.ends[tokens - 1]]


def plain_gru(predictor: Predictor, text: str) -> Callable[[], object]:
    """Run the released weights through embedding and `nn.GRU`, and nothing else."""
    network = SentimentGRU.from_weights(predictor.artifact.weights).eval()
    ids = torch.from_numpy(predictor.encode([text])[0].ids)[None]

    def forward() -> object:
        with torch.inference_mode():
            return network.states(ids)

    return forward


def ask(connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
    """Send one request and read its answer."""
    connection.request("POST" if body else "GET", path, body)
    response = connection.getresponse()
    answer = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(answer.decode())
    return answer


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args(arguments).rounds

    settings = Settings(port=0)
    torch.set_num_threads(settings.threads)
    predictor = Predictor.load(settings.model)
    text = review(predictor)
    body = json.dumps({"text": text}).encode()
    with serve(create_app(settings, predictor=predictor), settings) as url:
        address = httpx.URL(url)
        connection = http.client.HTTPConnection(address.host, address.port)
        timings = measure(
            {
                "plain nn.GRU": plain_gru(predictor, text),
                "Predictor.predict": lambda: predictor.predict([text]),
                "POST /predict": lambda: ask(connection, "/predict", body),
                "GET /health": lambda: ask(connection, "/health", b""),
            },
            rounds=rounds,
            warm_up=20,
        )
        connection.close()
    medians = {name: timing.median for name, timing in timings.items()}
    report(medians, rounds, threads=settings.threads)


def report(medians: dict[str, float], rounds: int, *, threads: int) -> None:
    """Print a table of milliseconds, and the same as a line of JSON."""
    plain = medians["plain nn.GRU"]
    predict = medians["POST /predict"]
    summary = {
        "tokens": TOKENS,
        "predict_ms": round(predict, 3),
        "requests_per_second": round(1e3 / predict, 1),
        "gru_ms": round(plain, 3),
        "ratio": round(predict / plain, 3),
    }
    lines = [
        f"{TOKENS} tokens, {rounds} rounds, {threads} thread(s) for nn.GRU",
        f"{'':20}{'median ms':>12}{'per second':>12}{'x nn.GRU':>12}",
        *(
            f"{name:20}{median:12.2f}{1e3 / median:12.1f}{median / plain:12.2f}"
            for name, median in medians.items()
        ),
        json.dumps(summary),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
