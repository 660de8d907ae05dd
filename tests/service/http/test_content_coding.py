"""Content codings of request bodies, and of responses."""

import gzip
from collections.abc import Iterator

import httpx
import pytest

from tests.service.problems import only_error, problem

BODY = b'{"text": "A fine movie."}'
LIMIT = 2_000_000


def post(client: httpx.Client, content: bytes | Iterator[bytes], coding: str) -> httpx.Response:
    return client.post("/predict", content=content, headers={"content-encoding": coding})


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_a_body_with_gzip_is_decompressed(client: httpx.Client, coding: str) -> None:
    expected = client.post("/predict", content=BODY).json()
    assert post(client, gzip.compress(BODY), coding).json() == expected


def test_a_body_with_gzip_may_arrive_in_pieces_and_have_several_members(
    client: httpx.Client,
) -> None:
    compressed = gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])
    pieces = (compressed[place : place + 1] for place in range(len(compressed)))
    assert post(client, pieces, "gzip").status_code == 200


def test_identity_is_no_coding(client: httpx.Client) -> None:
    assert post(client, BODY, "identity").status_code == 200


def test_a_small_body_that_becomes_a_large_one_is_refused(client: httpx.Client) -> None:
    bomb = gzip.compress(b" " * 500_000_000, compresslevel=1)
    compressed_twice = gzip.compress(b" " * (LIMIT + 1))
    for content in bomb[:LIMIT], compressed_twice:
        detail = problem(post(client, content, "gzip"), 413)["detail"]
        assert "2,000,000 bytes after decompression" in detail


def test_a_decompressed_body_at_the_limit_is_accepted(client: httpx.Client) -> None:
    body = b'{"text": 5'.ljust(LIMIT - 1) + b"}"
    error = only_error(post(client, gzip.compress(body), "gzip"))
    assert error["pointer"] == "#/text"


@pytest.mark.parametrize(
    "content",
    [gzip.compress(BODY)[:-3], BODY, gzip.compress(BODY) + b"x", b"\x1f\x8b"],
    ids=["torn", "plain", "with more", "two bytes"],
)
def test_a_body_that_is_not_gzip_is_refused(client: httpx.Client, content: bytes) -> None:
    members = problem(post(client, content, "gzip"), 400)
    assert members["type"] == "urn:gatewise:problem:invalid-encoding"


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip"])
def test_another_coding_is_refused_with_the_one_that_is_accepted(
    client: httpx.Client, coding: str
) -> None:
    response = post(client, BODY, coding)
    assert "gzip" in problem(response, 415)["detail"]
    assert response.headers["accept-encoding"] == "gzip"


def test_the_server_still_works_after_refused_bodies(client: httpx.Client) -> None:
    post(client, gzip.compress(b" " * 10_000_000), "gzip")
    post(client, b"x" * 1_000_000, "br")
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.0, *", None),
        ("br", None),
        ("gzip;q=much", None),
        ("", None),
    ],
)
def test_a_response_is_compressed_only_if_the_client_accepts_it(
    client: httpx.Client, accepted: str, coding: str | None
) -> None:
    response = client.get("/openapi.json", headers={"accept-encoding": accepted})
    assert response.headers.get("content-encoding") == coding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.json()["info"]["title"] == "Gatewise"
