"""A test server that does not stop fails its test instead of blocking the test run."""

from threading import Event

import pytest

from gatewise.models import Predictor
from gatewise.service.app import create_app
from gatewise.service.settings import Settings
from tests.service import serving


def test_a_server_that_does_not_stop_fails_with_the_stacks_of_all_threads(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "STOP_SECONDS", 0.5)
    settings, released = Settings(port=0), Event()
    app = create_app(settings, predictor=predictor)
    with (
        pytest.raises(pytest.fail.Exception, match="did not stop"),
        serving.serve(app, settings),
    ):
        monkeypatch.setattr(app.state.model_host.queue, "close", released.wait)
    released.set()
    assert "most recent call first" in capfd.readouterr().err
