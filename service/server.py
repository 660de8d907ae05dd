"""uvicorn, set up for the application, and with its own few error answers made problems too."""

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


def build_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Set up the server; `run()` serves until SIGTERM or SIGINT.

    uvicorn's own access log stays off: it would write the review of GET /explain.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=ProblemProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=settings.max_url_bytes + _HEADER_BYTES,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
    )


class ProblemProtocol(H11Protocol):
    """HTTP/1.1 with `application/problem+json` for requests that no application ever sees."""

    _refused = False

    def data_received(self, data: bytes) -> None:
        """Parse, unless the connection is refused: then only drain what the client still sends."""
        if not self._refused:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Answer what could not be parsed. uvicorn calls this while it handles h11's error."""
        self._refused = True
        problem = self._problem(sys.exception(), msg)
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
