"""Servers that run in a process of their own for a benchmark."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.serving import Server, connect, send, serve, serve_empty_route, served_model
from gatewise.models.artifact.location import DEFAULT_RELEASE, releases
from gatewise.models.errors import ArtifactMissingError


@pytest.fixture(scope="module")
def empty_route() -> Iterator[Server]:
    """The route that does nothing."""
    with serve_empty_route() as server:
        yield server


def test_requests_share_a_connection(empty_route: Server) -> None:
    with connect(empty_route) as connection:
        assert send(connection, "/", b"{}") == b'{"status":"ok"}'
        socket = connection.sock
        assert send(connection, "/ready") == b'{"status":"ready"}'
        assert connection.sock is socket


def test_another_status_than_200_raises(empty_route: Server) -> None:
    with (
        connect(empty_route) as connection,
        pytest.raises(RuntimeError, match="/missing: HTTP status 404"),
    ):
        send(connection, "/missing")


def test_a_server_that_does_not_start_raises_with_its_log(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match=r"did not start:\n(.|\n)*config\.json"),
        serve(tmp_path),
    ):
        pass


def test_a_server_is_ended_with_its_context() -> None:
    with serve_empty_route() as server:
        assert server.process.poll() is None
    assert server.process.returncode is not None


def test_the_served_model_is_found_by_release_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWISE_MODEL", raising=False)
    assert served_model("imdb-gru-256") == releases()["imdb-gru-256"]
    assert served_model(None) == DEFAULT_RELEASE


def test_without_an_option_the_settings_name_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    directory = releases()["imdb-gru-256"]
    monkeypatch.setenv("GATEWISE_MODEL", str(directory))
    assert served_model(None) == directory


def test_an_unknown_model_raises() -> None:
    with pytest.raises(ArtifactMissingError, match="imdb-gru-256"):
        served_model("unknown-release")
