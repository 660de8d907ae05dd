"""Running applications that the examples of the documentation send their requests to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from docs.tools.examples import ORIGIN
from docs.tools.figures import ROOT
from gatewise.service.app import create_app
from gatewise.service.settings import Settings


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """A client of the application with default settings."""
    with TestClient(create_app(Settings()), base_url=ORIGIN) as http:
        yield http


@pytest.fixture(scope="session")
def client_with_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the application with the keys that the how-to guides send."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "keys").write_text("KEY\n", encoding="utf-8")
    (folder / "admin-keys").write_text("ADMIN-KEY\n", encoding="utf-8")
    settings = Settings(api_keys_file=folder / "keys", admin_keys_file=folder / "admin-keys")
    with TestClient(create_app(settings), base_url=ORIGIN) as http:
        yield http
