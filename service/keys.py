"""Keys: who may ask, and who may command."""

import errno
import hmac
import logging
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems import ProblemError

logger = logging.getLogger("gatewise")

# Probes carry no keys; the page and the documentation hold nothing secret; /admin has its own.
_OPEN = frozenset({"/", "/docs", "/openapi.json", "/health", "/ready"})
_OPEN_BELOW = ("/static/", "/admin/")


class KeyFile:
    """Keys from a file: one a line; blank lines and those that begin with `#` are none.

    It is UTF-8, with or without a byte order mark, and read anew when it has changed. A file that
    has vanished, or cannot be read, leaves the keys as they were.
    """

    def __init__(self, path: Path) -> None:
        """Read the keys. Raises `OSError` if that cannot be done, also if they are not UTF-8."""
        self._path = path
        self._read = self._stamp()
        self._digests = self._digests_of_file()

    def admits(self, headers: Headers) -> bool:
        """Tell whether a request brings one of the keys.

        Takes as long whichever key it is, and however much of one is right.
        """
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        given = headers.get("x-api-key") or (bearer.strip() if scheme.lower() == "bearer" else "")
        digest = _digest(given)
        return sum(hmac.compare_digest(digest, known) for known in self._current()) > 0

    def _current(self) -> list[bytes]:
        try:
            stamp = self._stamp()
            if stamp != self._read:
                self._digests = self._digests_of_file()
                self._read = stamp
                logger.info("keys read anew", extra={"fields": {"keys": len(self._digests)}})
        except OSError as error:
            logger.warning("keys kept", extra={"fields": {"reason": str(error)}})
        return self._digests

    def _stamp(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _digests_of_file(self) -> list[bytes]:
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            reason = f"It is not UTF-8 text (byte {error.start}); save it as UTF-8"
            raise OSError(errno.EILSEQ, reason, str(self._path)) from error
        lines = (line.strip() for line in text.splitlines())
        return [_digest(line) for line in lines if line and not line.startswith("#")]


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def refuse_without(keys: KeyFile, headers: Headers) -> None:
    """Raise a `ProblemError` (401) unless a request brings one of the keys."""
    if not keys.admits(headers):
        raise ProblemError(
            401,
            "key-needed",
            "This needs a key that is valid. Send it as `Authorization: Bearer KEY` or as "
            "`X-API-Key: KEY`.",
            headers={"www-authenticate": "Bearer"},
        )


class RequireKey:
    """Middleware that asks for a key, except where there is nothing to guard."""

    def __init__(self, app: ASGIApp, *, keys: KeyFile) -> None:
        """Wrap `app`."""
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 before any of its body is read."""
        if scope["type"] == "http" and not _is_open(scope["path"]):
            try:
                refuse_without(self._keys, Headers(scope=scope))
            except ProblemError as error:
                await error.response(scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_open(path: str) -> bool:
    return path in _OPEN or path.startswith(_OPEN_BELOW)
