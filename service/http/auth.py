"""API keys of clients and of administrators."""

import errno
import hmac
import logging
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gatewise.service.http.problems import ProblemError

logger = logging.getLogger("gatewise")

# Probes send no keys, page and documentation are public, and /admin has keys of its own.
_PROBES = frozenset({"/health", "/ready", "/v2/health/live", "/v2/health/ready"})
_PUBLIC = _PROBES | {"/", "/many", "/learn", "/docs", "/openapi.json"}
ADMIN_PREFIX = "/admin/"
_PUBLIC_PREFIXES = ("/static/", ADMIN_PREFIX)
_READING = frozenset({"GET", "HEAD"})
# The two ways to send a key, as the OpenAPI document describes them.
SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer KEY`"},
    "header": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "`X-API-Key: KEY`",
    },
}


class KeyFile:
    """Keys from a file, one a line; blank lines and lines that begin with `#` are ignored.

    The file is UTF-8, with or without a byte order mark. It is read again when it has changed. If
    it is missing or unreadable then, the keys stay as they were.
    """

    def __init__(self, path: Path) -> None:
        """Read the keys.

        Raises:
            OSError: The file cannot be read, or is not UTF-8.
        """
        self._path = path
        self._version = self._current_version()
        self._digests = self._read_digests()

    def accepts(self, headers: Headers) -> bool:
        """Return whether the headers of a request have one of the keys.

        The time does not depend on which key matches, nor on how much of a key is right.
        """
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = headers.get("x-api-key") or (bearer.strip() if scheme.lower() == "bearer" else "")
        digest = _digest(key)
        return sum(hmac.compare_digest(digest, known) for known in self._current_digests()) > 0

    def _current_digests(self) -> list[bytes]:
        try:
            version = self._current_version()
            if version != self._version:
                self._digests = self._read_digests()
                self._version = version
                logger.info("keys reloaded", extra={"fields": {"keys": len(self._digests)}})
        except OSError as error:
            logger.warning("keys not reloaded", extra={"fields": {"reason": str(error)}})
        return self._digests

    def _current_version(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read_digests(self) -> list[bytes]:
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            reason = f"It is not UTF-8 text (byte {error.start}); save it as UTF-8"
            raise OSError(errno.EILSEQ, reason, str(self._path)) from error
        lines = (line.strip() for line in text.splitlines())
        return [_digest(line) for line in lines if line and not line.startswith("#")]


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def require_key(keys: KeyFile, headers: Headers) -> None:
    """Check that a request has one of the keys.

    Raises:
        ProblemError: It has none of them (401).
    """
    if not keys.accepts(headers):
        raise ProblemError(
            401,
            "key-needed",
            "A valid key is required. Send it as `Authorization: Bearer KEY` or as "
            "`X-API-Key: KEY`.",
            headers={"www-authenticate": "Bearer"},
        )


class RequireKey:
    """Middleware that requires a key, except on public paths."""

    def __init__(self, app: ASGIApp, *, keys: KeyFile) -> None:
        """Wrap `app`."""
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or send a 401 before any of its body is read."""
        if scope["type"] == "http" and not is_public(scope["method"], scope["path"]):
            try:
                require_key(self._keys, Headers(scope=scope))
            except ProblemError as error:
                await error.response(scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_public(method: str, path: str) -> bool:
    """Return whether a request needs no key of `RequireKey`."""
    # POST to / is a prediction, not the page.
    return (path in _PUBLIC and method in _READING) or path.startswith(_PUBLIC_PREFIXES)
