"""Requests too large or too slow to be read, refused before or while reading."""

import asyncio
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import ProblemError

_DISCARD_SECONDS = 2.0


class RequestLimits:
    """Middleware that refuses long URLs, URLs that are not UTF-8, and large or slow bodies.

    A body whose Content-Length says too much already is refused before any of it is looked at;
    others are counted as they arrive, so that leaving that header out is no way around. What is
    refused is never kept.
    """

    def __init__(
        self, app: ASGIApp, *, max_url_bytes: int, max_body_bytes: int, read_seconds: float
    ) -> None:
        """Wrap `app`."""
        self._app = app
        self._read_seconds = read_seconds
        self._max_url_bytes = max_url_bytes
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_url(scope)
        except ProblemError as error:
            await error.response(scope)(scope, receive, send)
            return
        await self._app(scope, self._counted(scope, receive), send)

    def _check_url(self, scope: Scope) -> None:
        path, query = scope["raw_path"], scope["query_string"]
        length = len(path) + len(query) + bool(query)
        if length > self._max_url_bytes:
            raise ProblemError(414, "url-too-long", url_too_long(self._max_url_bytes, length))
        try:
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError as error:
            raise ProblemError(
                400, "invalid-url", "The query is not percent-encoded UTF-8. Encode it as UTF-8."
            ) from error

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        refused = declared.isdecimal() and int(declared) > self._max_body_bytes
        waits_for_leave = "expect" in headers  # to send its body: it shall not get it
        received, whole = 0, False
        deadline: float | None = None

        async def count() -> Message:
            nonlocal received, whole, deadline
            if whole:  # and so this waits for the client to hang up
                return await receive()
            if refused and waits_for_leave:
                raise self._body_too_large()
            deadline = deadline or asyncio.get_running_loop().time() + self._read_seconds
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise self._body_too_slow() from error
            whole = not message.get("more_body")
            received += len(message.get("body", b""))
            if refused or received > self._max_body_bytes:
                await _discard(receive, message)
                raise self._body_too_large()
            return message

        return count

    def _body_too_slow(self) -> ProblemError:
        return ProblemError(
            408,
            "body-too-slow",
            f"The body did not arrive within {self._read_seconds:g} s. Send it again, faster.",
            headers={"connection": "close"},
        )

    def _body_too_large(self) -> ProblemError:
        return ProblemError(
            413,
            "body-too-large",
            f"The body has more than {self._max_body_bytes:,} bytes, the limit. Send it in parts.",
        )


async def _discard(receive: Receive, message: Message) -> None:
    """Let a refused body arrive, for a while: many clients read no answer before they have sent."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DISCARD_SECONDS):
            while message.get("more_body"):
                message = await receive()


def url_too_long(limit: int, length: int | None = None) -> str:
    """Say that a URL is too long, and what to do."""
    found = f"has {length:,} bytes" if length else "is too long"
    return f"The URL {found}; the limit is {limit:,} bytes. Send long texts by POST."
