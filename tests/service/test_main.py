"""Start and stop of the service, and the errors of its start."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from gatewise.service.run import serve

TIMEOUT_SECONDS = 90


@pytest.mark.parametrize(
    "stop", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_it_serves_until_it_is_stopped_and_logs_json_without_texts(stop: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "-m", "service", "--port", str(port), "--host", "127.0.0.1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            httpx.get(f"http://127.0.0.1:{port}/explain", params={"text": "quorndelicious"})
        finally:
            process.send_signal(stop)
        _, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    lines = [json.loads(line) for line in errors.splitlines()]
    assert "/explain" in [line.get("route") for line in lines]
    assert lines[-1]["message"].startswith("Finished server process")
    assert "quorndelicious" not in errors


def test_an_invalid_model_directory_stops_the_start_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        serve(model=str(tmp_path))
    assert str(stopped.value).startswith(f"Cannot serve: No model at {tmp_path}")


def test_invalid_settings_are_named_as_the_user_wrote_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWISE_THREADS", "many")
    with pytest.raises(SystemExit) as stopped:
        serve(port="http", log_level="loud")
    names = [line.split(":")[1].strip() for line in str(stopped.value).splitlines()]
    assert names == ["--port", "GATEWISE_THREADS", "--log-level"]


def test_an_option_that_is_none_leaves_the_setting_to_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GATEWISE_PORT", "99999")
    with pytest.raises(SystemExit, match="GATEWISE_PORT"):
        serve(port=None)


def test_a_port_in_use_stops_the_start_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as stopped:
        serve(port=taken.getsockname()[1])
    assert "Choose others by --host and --port" in str(stopped.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")
