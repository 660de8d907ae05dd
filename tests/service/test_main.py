"""`python -m service`: the process from start to end."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from service.__main__ import main

DEADLINE_SECONDS = 90


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_stopped_and_logs_json_without_any_review(
    stop: signal.Signals,
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "service", "--port", str(port), "--host", "127.0.0.1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            httpx.get(f"http://127.0.0.1:{port}/explain", params={"text": "quorndelicious"})
        finally:
            process.send_signal(stop)
        _, errors = process.communicate(timeout=DEADLINE_SECONDS)
    lines = [json.loads(line) for line in errors.splitlines()]
    assert "/explain" in [line.get("route") for line in lines]
    assert lines[-1]["message"].startswith("Finished server process")
    assert "quorndelicious" not in errors


def test_a_bad_model_directory_ends_it_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--model", str(tmp_path)])
    assert str(exit_.value).startswith(f"Cannot serve: No model at {tmp_path}")


def test_a_bad_setting_ends_it_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_THREADS", "many")
    with pytest.raises(SystemExit) as exit_:
        main(["--port", "http"])
    reasons = str(exit_.value).splitlines()
    assert [reason.split(":")[1].strip() for reason in reasons] == [
        "GATEWISE_PORT",
        "GATEWISE_THREADS",
    ]


def test_a_port_in_use_ends_it_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as exit_:
        main(["--port", str(taken.getsockname()[1])])
    assert "Choose others by --host and --port" in str(exit_.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")
