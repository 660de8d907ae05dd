"""The page, its files, and the documentation of the API."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import httpx
import pytest

from gatewise.service.http.static import PAGE
from tests.service.problems import problem


def test_the_page_is_served_at_the_root(client: httpx.Client) -> None:
    response = client.get("/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.content == (PAGE / "index.html").read_bytes()


def test_every_file_of_the_page_is_served(client: httpx.Client) -> None:
    for file in (path for path in PAGE.rglob("*") if path.is_file()):
        response = client.get(f"/static/{file.relative_to(PAGE).as_posix()}")
        assert response.content == file.read_bytes()
        assert response.headers["cache-control"] == "no-cache"


def test_swagger_ui_comes_from_its_wheel_compressed_and_cacheable(client: httpx.Client) -> None:
    response = client.get("/static/swagger-ui-bundle.js")
    assert (
        response.content
        == files("fastapi_offline").joinpath("static/swagger-ui-bundle.js").read_bytes()
    )
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["cache-control"] == "public, max-age=86400"


def test_an_unchanged_file_is_not_sent_again(client: httpx.Client) -> None:
    etag = client.get("/").headers["etag"]
    response = client.get("/", headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")


def test_an_impossible_range_is_ignored(client: httpx.Client) -> None:
    response = client.get("/static/icon.svg", headers={"range": "bytes=9999999-"})
    assert response.content == (PAGE / "icon.svg").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "nothing.js",
        "",
        "css",
        "%2e%2e/settings.py",
        "..%2fsettings.py",
        "%2fetc%2fpasswd",
        "%00",
        "a" * 5000,
    ],
)
def test_no_other_files_are_served(client: httpx.Client, path: str) -> None:
    problem(client.get(f"/static/{path}"), 404)


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_refer_to_no_other_host(client: httpx.Client, path: str) -> None:
    text = client.get(path).text
    assert re.findall(r"(?:src|href)=[\"'](?!/|#|data:)([^\"']+)", text) == []


def test_the_page_allows_no_inline_script(client: httpx.Client) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "script-src" not in policy


def test_the_page_allows_no_inline_style(client: httpx.Client) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "style-src" not in policy
    assert "unsafe" not in policy


def test_the_documentation_allows_inline_scripts_only_by_hash(client: httpx.Client) -> None:
    response = client.get("/docs")
    (script,) = re.findall(r"<script>(.*?)</script>", response.text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'" in response.headers["content-security-policy"]


def test_all_files_of_the_documentation_are_served_here(client: httpx.Client) -> None:
    urls = re.findall(r"(?:src|href)=\"(/[^\"]+)", client.get("/docs").text)
    assert len(urls) == 3
    for url in [*urls, "/openapi.json"]:
        assert client.get(url).status_code == 200
