"""The page, its files, and the documentation of the API."""

import re
import struct
from base64 import b64encode
from hashlib import sha256
from html import unescape
from importlib.resources import files
from urllib.parse import urlsplit

import httpx
import pytest

from gatewise.service.http.static import PAGE
from tests.service.problems import problem

PAGES = {"/": "index.html", "/learn": "learn.html", "/many": "many.html"}
LARGEST_PREVIEW = 100_000


def named(html: str) -> dict[str, str]:
    """Return the contents of the `meta` elements of a page by their name or property."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html)
    return {name: unescape(content) for name, content in found}


@pytest.mark.parametrize(("path", "file"), PAGES.items())
def test_a_page_is_its_file_with_the_origin_of_the_request(
    client: httpx.Client, path: str, file: str
) -> None:
    response = client.get(path)
    written = (PAGE / file).read_text(encoding="utf-8")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text == written.replace("{origin}", str(client.base_url).rstrip("/"))
    assert response.text != written


@pytest.mark.parametrize("path", PAGES)
def test_a_link_to_a_page_has_a_preview(client: httpx.Client, path: str) -> None:
    meta = named(client.get(path, headers={"host": "gates.example:8443"}).text)
    assert meta["og:image"] == "http://gates.example:8443/static/preview.png"
    assert meta["twitter:card"] == "summary_large_image"
    assert {"og:title", "og:description", "og:type"} <= meta.keys()


def test_the_preview_is_a_small_picture_of_the_size_that_the_page_names(
    client: httpx.Client,
) -> None:
    meta = named(client.get("/").text)
    response = client.get(meta["og:image"])
    assert response.headers["content-type"] == "image/png"
    size = [int(meta[f"og:image:{side}"]) for side in ("width", "height")]
    assert struct.unpack(">8x4x4s2I", response.content[:24]) == (b"IHDR", *size)
    assert len(response.content) < LARGEST_PREVIEW


@pytest.mark.parametrize("host", ['a"><script>', "[", "a b", "a/b", "a:b", ""])
def test_a_host_that_is_none_is_not_written_into_a_page(client: httpx.Client, host: str) -> None:
    response = client.get("/", headers={"host": host})
    if response.status_code == 200:
        assert "<script>" not in response.text
        assert urlsplit(named(response.text)["og:image"]).path == "/static/preview.png"
    else:
        problem(response, 400)


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
