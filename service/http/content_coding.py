"""Content codings: request bodies with gzip, and whether a client accepts a response with gzip."""

import zlib

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware, GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatewise.service.http.limits import body_too_large, discard_body
from gatewise.service.http.problems import ProblemError

_GZIP = ("gzip", "x-gzip")
_GZIP_FORMAT = zlib.MAX_WBITS | 16


class AcceptedGZip(GZipMiddleware):
    """Middleware that compresses responses for clients whose `Accept-Encoding` allows gzip.

    Starlette's own middleware ignores quality values: it compresses also for `gzip;q=0`.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a `send` that compresses if the client accepts it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _accepts_gzip(Headers(scope=scope)):
            respond = GZipResponder(
                self.app,
                self.minimum_size,
                compresslevel=self.compresslevel,
                thread_minimum_size=self.thread_minimum_size,
            )
            await respond(scope, receive, send)
        else:  # this adds `Vary: Accept-Encoding`
            await IdentityResponder(self.app, self.minimum_size)(scope, receive, send)


def _accepts_gzip(headers: Headers) -> bool:
    """Return whether gzip has a quality above 0 (RFC 9110, section 12.5.3)."""
    qualities: dict[str, float] = {}
    for entry in headers.get("accept-encoding", "").lower().split(","):
        coding, *parameters = (part.strip() for part in entry.split(";"))
        quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            qualities[coding] = float(quality)
        except ValueError:
            qualities[coding] = 0.0
    return max(qualities.get(coding, 0.0) for coding in _GZIP) > 0


class DecodedBody:
    """Middleware that decompresses request bodies with `Content-Encoding: gzip`.

    What a body becomes is limited, too. It is counted while the body is decompressed, so that a
    small body that would become a huge one is refused without using much memory or time.
    """

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        """Wrap `app`.

        Args:
            app: The application.
            max_body_bytes: Most bytes in the decompressed body.
        """
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a `receive` that decompresses."""
        if scope["type"] == "http":
            codings = Headers(scope=scope).get("content-encoding", "").strip().lower()
            if codings not in ("", "identity"):
                receive = self._decoded(receive, codings)
        await self._app(scope, receive, send)

    def _decoded(self, receive: Receive, codings: str) -> Receive:
        body = _GzipBody(self._max_body_bytes)
        complete = False

        async def receive_decoded() -> Message:
            nonlocal complete
            message = await receive()
            if complete or message["type"] != "http.request":
                return message
            complete = not message.get("more_body")
            try:
                if codings not in _GZIP:
                    raise _unsupported_coding()
                content = body.decompress(message.get("body", b""), last=complete)
            except ProblemError:
                await discard_body(receive, message)
                raise
            return {**message, "body": content}

        return receive_decoded


class _GzipBody:
    """A gzip body that is decompressed while it arrives. It may consist of several members."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._member = zlib.decompressobj(_GZIP_FORMAT)
        self._begun = False

    def decompress(self, data: bytes, *, last: bool) -> bytes:
        """Return what a part of the body becomes.

        Args:
            data: The part.
            last: Whether it is the last one.

        Raises:
            ProblemError: The decompressed body is too large (413), or the body is not gzip (400).
        """
        parts = []
        while data:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP_FORMAT)
            try:
                parts.append(self._member.decompress(data, self._limit - self._size + 1))
            except zlib.error as error:
                raise _invalid_gzip() from error
            self._begun = True
            self._size += len(parts[-1])
            if self._size > self._limit:
                raise body_too_large(self._limit, decompressed=True)
            data = self._member.unused_data or self._member.unconsumed_tail
        if last and self._begun and not self._member.eof:
            raise _invalid_gzip()
        return b"".join(parts)


def _invalid_gzip() -> ProblemError:
    detail = (
        "The body is not complete gzip data, as its Content-Encoding states. Compress it again."
    )
    return ProblemError(400, "invalid-encoding", detail)


def _unsupported_coding() -> ProblemError:
    detail = "The only Content-Encoding that is accepted is gzip. Compress with it, or not at all."
    return ProblemError(415, "unsupported-encoding", detail, headers={"accept-encoding": _GZIP[0]})
