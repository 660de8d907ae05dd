"""uvicorn, set up for the application, and with its own few error answers made problems too."""

import asyncio
import gc
import sys
from http import HTTPStatus

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.limits import url_too_long
from service.problems import ProblemError
from service.settings import Settings

# Room for the headers, beside a URL of the longest size allowed.
_HEADER_BYTES = 65_536
_LINGER_SECONDS = 2.0
# Before uvicorn hears of a signal, accepted requests have been answered or are late.
_CLOSING_SECONDS = 1
# A process that loads the model on a busy machine answers no ping meanwhile.
_STARTING_SECONDS = 60


def build_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Set up the server; `run()` serves until SIGTERM or SIGINT."""
    return uvicorn.Server(server_config(app, settings))


def server_config(app: FastAPI | str, settings: Settings) -> uvicorn.Config:
    """Set up uvicorn for an application, or for the name of a function that makes it.

    uvicorn's own access log stays off: it would write the review of GET /explain.
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


def spare_the_collector() -> None:
    """Keep the garbage collector from walking through the 200,000 objects of a start-up.

    They stay anyway, and the walk stops every request for 0.1 s.
    """
    gc.collect()
    gc.freeze()


class ProblemProtocol(H11Protocol):
    """HTTP/1.1 with `application/problem+json` for requests that no application ever sees."""

    _refused = False
    _headers_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request, and not for ever."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, unless the connection is refused: then only drain what the client still sends."""
        if not self._refused:
            super().data_received(data)

    def handle_events(self) -> None:
        """Handle what has arrived; if that ends amid headers, the rest must follow in time."""
        super().handle_events()
        amid_headers = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not amid_headers or self._refused:
            self._stop_waiting()
        elif not self._headers_due:
            self._await_headers()

    def _await_headers(self) -> None:
        self._headers_due = self.loop.call_later(self.timeout_keep_alive, self._headers_late)

    def _stop_waiting(self) -> None:
        if self._headers_due:
            self._headers_due.cancel()
            self._headers_due = None

    def _headers_late(self) -> None:
        if not self.conn.trailing_data[0]:  # nothing was asked, so there is nothing to answer
            self.transport.close()
            return
        detail = f"The headers did not arrive within {self.timeout_keep_alive} s. Send them faster."
        self._refuse(ProblemError(408, "headers-too-slow", detail))

    def send_400_response(self, msg: str) -> None:
        """Answer what could not be parsed. uvicorn calls this while it handles h11's error."""
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
        # Closing a socket with unread input resets the connection, and the client may never see
        # the answer: say that no more will come, and give it time to read.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _problem(self, error: BaseException | None, message: str) -> ProblemError:
        if getattr(error, "error_status_hint", None) != HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            return ProblemError(400, "invalid-http", f"{message} Send HTTP/1.1.")
        received, _ = self.conn.trailing_data
        if b"\n" in received:
            return ProblemError(431, "headers-too-large", "The headers are too large. Send fewer.")
        limit = (self.config.h11_max_incomplete_event_size or 0) - _HEADER_BYTES
        return ProblemError(414, "url-too-long", url_too_long(limit))
