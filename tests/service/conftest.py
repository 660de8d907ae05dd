"""Servers, and HTTP clients for them. All of them are stopped at the end of this package."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.service.app import create_app
from gatewise.service.settings import Settings
from tests.service.serving import serve

TIMEOUT_SECONDS = 120


@pytest.fixture(scope="package")
def predictor() -> Predictor:
    """The default release."""
    return Predictor.load()


@pytest.fixture(scope="package")
def base_url(predictor: Predictor) -> Iterator[str]:
    """The URL of a server with default settings."""
    settings = Settings(port=0)
    with serve(create_app(settings, predictor=predictor), settings) as url:
        yield url


@pytest.fixture(scope="package")
def client(base_url: str) -> Iterator[httpx.Client]:
    """A client of the server with default settings."""
    with httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS) as http:
        yield http


@pytest.fixture(scope="package")
def exact_predictor() -> Predictor:
    """The default release, computed in float32: its states are not rounded."""
    return Predictor.load(precision="float32")


@pytest.fixture(scope="package")
def exact_client(exact_predictor: Predictor) -> Iterator[httpx.Client]:
    """A client of a server that computes in float32."""
    settings = Settings(port=0)
    with (
        serve(create_app(settings, predictor=exact_predictor), settings) as url,
        httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as http,
    ):
        yield http


@pytest.fixture
def client_of(predictor: Predictor) -> Iterator[Callable[..., httpx.Client]]:
    """A function that starts a server with other settings and returns a client of it."""
    with ExitStack() as stack:

        def start(**changes: Any) -> httpx.Client:
            loaded = changes.pop("predictor", predictor)
            settings = Settings(port=0, **changes)
            app = create_app(settings, predictor=loaded)
            url = stack.enter_context(serve(app, settings))
            return stack.enter_context(httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS))

        yield start
