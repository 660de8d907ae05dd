"""A server under test that does not stop fails its test, and does not keep the run for ever."""

from threading import Event

import pytest

from models import Predictor
from service.app import create_app
from service.settings import Settings
from tests.service import serving


def test_a_server_that_does_not_stop_fails_and_shows_where_threads_stand(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "STOP_SECONDS", 0.5)
    settings, released = Settings(port=0), Event()
    app = create_app(settings, predictor=predictor)
    with (
        pytest.raises(pytest.fail.Exception, match="did not stop"),
        serving.serve(app, settings),
    ):
        monkeypatch.setattr(app.state.host.queue, "close", released.wait)
    released.set()
    assert "most recent call first" in capfd.readouterr().err
