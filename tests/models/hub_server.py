"""A Hugging Face Hub on the loopback interface: as much of its HTTP API as a download needs."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """The content of the server, and the requests that it has received.

    Attributes:
        endpoint: Base URL.
        files: Content of each file, by repository and name.
        gated: Repositories that require access.
        revisions: Names of the only commit of every repository.
        downloads: Names of the files that were downloaded, in order.
        requests: Number of requests.
        disconnects: Whether connections are closed without a response.
        fails: Whether all responses are 400, which the client does not retry.
    """

    endpoint: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    revisions: set[str] = field(default_factory=lambda: {"main", "v1", SHA})
    downloads: list[str] = field(default_factory=list)
    requests: int = 0
    disconnects: bool = False
    fails: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self) -> None:
        self._respond()

    def do_HEAD(self) -> None:
        self._respond()

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _respond(self) -> None:
        self.hub.requests += 1
        if self.hub.disconnects:
            self.close_connection = True
            return
        parts = unquote(urlsplit(self.path).path).strip("/").split("/")
        api = parts[:2] == ["api", "models"]
        user, name, action, revision, *path = parts[2:] if api else parts
        repository = f"{user}/{name}"
        if self.hub.fails:
            self._send(400)
        elif repository not in self.hub.files:
            self._send(404, error="RepoNotFound")
        elif repository in self.hub.gated:
            self._send(403, error="GatedRepo")
        elif revision not in self.hub.revisions:
            self._send(404, error="RevisionNotFound")
        elif api and action == "revision":
            self._send_json({"id": repository, "sha": SHA, "siblings": []})
        elif api and action == "tree":
            self._send_json(self._tree(repository))
        else:
            self._send_file(repository, "/".join(path))

    def _tree(self, repository: str) -> list[dict[str, object]]:
        return [
            {"type": "file", "path": path, "size": len(content), "oid": _etag(content)}
            for path, content in self.hub.files[repository].items()
        ]

    def _send_file(self, repository: str, path: str) -> None:
        content = self.hub.files[repository][path]
        if self.command == "GET":
            self.hub.downloads.append(path)
        self._send(200, content, ETag=f'"{_etag(content)}"', X_Repo_Commit=SHA)

    def _send_json(self, content: object) -> None:
        self._send(200, json.dumps(content).encode(), Content_Type="application/json")

    def _send(self, status: int, content: bytes = b"", *, error: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if error:
            self.send_header("X-Error-Code", error)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def _etag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """Run an empty Hub in a thread."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
