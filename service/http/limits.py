"""Limits on the size and the duration of a request, checked before and while it is read."""

import asyncio
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatewise.service.http.problems import ProblemError

_DISCARD_SECONDS = 2.0


class RequestLimits:
    """Middleware that refuses long URLs, URLs that are not UTF-8, and large or slow bodies.

    A body whose Content-Length exceeds the limit is refused before it is read. All others are
    counted while they arrive, so that omitting the header does not evade the limit. What arrives of
    a refused body within the next 2 s is read and discarded, because many clients read the response
    only after they have sent the whole body; nothing of it is kept in memory.
    """

    def __init__(
        self, app: ASGIApp, *, max_url_bytes: int, max_body_bytes: int, read_seconds: float
    ) -> None:
        """Wrap `app`.

        Args:
            app: The application.
            max_url_bytes: Most bytes in path and query.
            max_body_bytes: Most bytes in the body.
            read_seconds: Time in which the body must arrive.
        """
        self._app = app
        self._read_seconds = read_seconds
        self._max_url_bytes = max_url_bytes
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or send a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_url(scope)
        except ProblemError as error:
            await error.response(scope)(scope, receive, send)
            return
        await self._app(scope, self._limited(scope, receive), send)

    def _check_url(self, scope: Scope) -> None:
        path, query = scope["raw_path"], scope["query_string"]
        length = len(path) + len(query) + bool(query)
        if length > self._max_url_bytes:
            detail = url_too_long_message(self._max_url_bytes, length)
            raise ProblemError(414, "url-too-long", detail)
        try:
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError as error:
            raise ProblemError(
                400, "invalid-url", "The query is not percent-encoded UTF-8. Encode it as UTF-8."
            ) from error

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """Return a `receive` that raises once the body is too large or too slow."""
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        too_large = declared.isdecimal() and int(declared) > self._max_body_bytes
        # The client sends such a body only after "100 Continue", so there is nothing to discard.
        awaits_continue = "expect" in headers
        received, complete = 0, False
        deadline: float | None = None

        async def receive_limited() -> Message:
            nonlocal received, complete, deadline
            if complete:  # the next message is the disconnect of the client, at any time
                return await receive()
            if too_large and awaits_continue:
                raise body_too_large(self._max_body_bytes)
            deadline = deadline or asyncio.get_running_loop().time() + self._read_seconds
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise self._body_too_slow() from error
            complete = not message.get("more_body")
            received += len(message.get("body", b""))
            if too_large or received > self._max_body_bytes:
                await discard_body(receive, message)
                raise body_too_large(self._max_body_bytes)
            return message

        return receive_limited

    def _body_too_slow(self) -> ProblemError:
        return ProblemError(
            408,
            "body-too-slow",
            f"The body did not arrive within {self._read_seconds:g} s. Send it again, faster.",
            headers={"connection": "close"},
        )


def body_too_large(limit: int, *, decompressed: bool = False) -> ProblemError:
    """Return the problem for a body above the limit.

    Args:
        limit: Most bytes in a body.
        decompressed: Whether only the decompressed body is above the limit.
    """
    state = " after decompression" if decompressed else ""
    detail = f"The body has more than {limit:,} bytes{state}, the limit. Send it in parts."
    return ProblemError(413, "body-too-large", detail)


async def discard_body(receive: Receive, message: Message) -> None:
    """Read the rest of a refused body for 2 s, since many clients read only after sending."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DISCARD_SECONDS):
            while message.get("more_body"):
                message = await receive()


def url_too_long_message(limit: int, length: int | None = None) -> str:
    """Return the message for a URL above the limit; `length` is None if it is not known."""
    found = f"has {length:,} bytes" if length else "is too long"
    return f"The URL {found}; the limit is {limit:,} bytes. Send long texts by POST."
