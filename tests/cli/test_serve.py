"""`gatewise serve`: the service, with the options that were given."""

import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.cli.command import LONGEST, SCRIPT, run_here


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_a_served_model_predicts(small_model: Path) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [str(SCRIPT), "serve", "--port", str(port), "--model", str(small_model)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            await_ready(process, url)
            answer = httpx.post(f"{url}/predict", json={"text": "I love the movie."})
            assert answer.status_code == 200
            assert answer.json()["model"]["name"] == "small"
        finally:
            process.terminate()


def test_an_address_in_use_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        outcome = run_here(capsys, "serve", "--port", str(other.getsockname()[1]))
    assert outcome.status == 1
    [line] = outcome.errors.splitlines()
    assert "Cannot serve on 127.0.0.1" in line


def test_an_unknown_model_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "serve", "--port", str(free_port()), "--model", "no-such-model")
    assert outcome.status == 1
    assert "imdb-gru-512" in outcome.errors


def test_one_of_several_unknown_models_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    models = ["--models", "imdb-gru-256,new=no-such-model"]
    outcome = run_here(capsys, "serve", "--port", str(free_port()), *models)
    assert outcome.status == 1
    assert "no-such-model" in outcome.errors


def test_models_of_one_name_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    models = ["--models", "imdb-gru-256,imdb-gru-256"]
    outcome = run_here(capsys, "serve", "--port", str(free_port()), *models)
    assert outcome.status == 1
    assert "Two models are named 'imdb-gru-256'" in outcome.errors


def await_ready(process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until the service is ready."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("The service did not become ready.")
