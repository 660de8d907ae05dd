"""The uvicorn server, configured for the application, with problems as its own error responses."""

import asyncio
import gc
import re
import sys
from http import HTTPStatus

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from gatewise.service.http.limits import url_too_long_message
from gatewise.service.http.problems import ProblemError
from gatewise.service.settings import Settings

# Space for the headers, in addition to the longest URL that is allowed.
_HEADER_BYTES = 65_536
_LINGER_SECONDS = 2.0
# Accepted requests are finished before uvicorn receives the signal (see `engine.draining`).
_CLOSING_SECONDS = 1
# A process that loads the model on a busy machine does not respond to uvicorn's health checks.
_STARTING_SECONDS = 60
_REQUEST_LINE = re.compile(rb"[A-Z]+ [^\x00-\x1f]+ HTTP/1\.[01]")
_NON_ASCII_URL = (
    "The URL has characters that are not ASCII. Percent-encode it as UTF-8: “é” is %C3%A9."
)


def build_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return a server for the application; its `run` serves until SIGTERM or SIGINT."""
    return uvicorn.Server(server_config(app, settings))


def server_config(app: FastAPI | str, settings: Settings) -> uvicorn.Config:
    """Return the configuration of uvicorn.

    Its access log is off, because it would log the URL of GET /explain, which contains the text.

    Args:
        app: The application, or the import path of a function that creates it.
        settings: The settings of the service.
    """
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        host=settings.host,
        port=settings.port,
        http=ProblemProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=settings.max_url_bytes + _HEADER_BYTES,
        timeout_keep_alive=settings.read_seconds,
        timeout_graceful_shutdown=_CLOSING_SECONDS,
        timeout_worker_healthcheck=_STARTING_SECONDS,
    )


def freeze_startup_objects() -> None:
    """Exclude the 200,000 objects of the start-up from garbage collection, which is enabled.

    They live as long as the process, and each full collection of them would stop all requests for
    0.1 s.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


class ProblemProtocol(H11Protocol):
    """HTTP/1.1 that sends `application/problem+json` for requests that cannot be parsed."""

    _refused = False
    _non_ascii_url = False
    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request."""
        super().connection_made(transport)
        self._start_header_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait for headers."""
        self._stop_header_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrives; discard it if the connection was refused."""
        if not self._refused:
            if self.conn.their_state is h11.IDLE:
                self._note_url(data)
            super().data_received(data)

    def _note_url(self, data: bytes) -> None:
        """Note whether a request line has an HTTP version and a URL that is not ASCII."""
        line = (self.conn.trailing_data[0] + data).lstrip(b"\r\n").partition(b"\r\n")[0]
        self._non_ascii_url = not line.isascii() and _REQUEST_LINE.fullmatch(line) is not None

    def handle_events(self) -> None:
        """Handle what has arrived; incomplete headers must be completed in time."""
        super().handle_events()
        incomplete_headers = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not incomplete_headers or self._refused:
            self._stop_header_timer()
        elif not self._header_timer:
            self._start_header_timer()

    def _start_header_timer(self) -> None:
        self._header_timer = self.loop.call_later(self.timeout_keep_alive, self._refuse_headers)

    def _stop_header_timer(self) -> None:
        if self._header_timer:
            self._header_timer.cancel()
            self._header_timer = None

    def _refuse_headers(self) -> None:
        if not self.conn.trailing_data[0]:  # no request has begun, so a response would be wrong
            self.transport.close()
            return
        detail = f"The headers did not arrive within {self.timeout_keep_alive} s. Send them faster."
        self._refuse(ProblemError(408, "headers-too-slow", detail))

    def send_400_response(self, msg: str) -> None:
        """Send a problem for an invalid request. uvicorn calls this while handling h11's error."""
        self._refuse(self._problem(sys.exception(), msg))

    def _refuse(self, problem: ProblemError) -> None:
        self._refused = True
        response = problem.response({})
        for event in (
            h11.Response(
                status_code=problem.status_code,
                headers=[*response.raw_headers, (b"connection", b"close")],
            ),
            h11.Data(data=bytes(response.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        # Closing a socket with unread input resets the connection, and the client may never
        # receive the response. So only the sending side is closed, and the rest after a while.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _problem(self, error: BaseException | None, message: str) -> ProblemError:
        if getattr(error, "error_status_hint", None) != HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            if self._non_ascii_url:
                return ProblemError(400, "invalid-url", _NON_ASCII_URL)
            return ProblemError(400, "invalid-http", f"{message} Send HTTP/1.1.")
        received, _ = self.conn.trailing_data
        if b"\n" in received:
            return ProblemError(431, "headers-too-large", "The headers are too large. Send fewer.")
        limit = (self.config.h11_max_incomplete_event_size or 0) - _HEADER_BYTES
        return ProblemError(414, "url-too-long", url_too_long_message(limit))
