"""Forms of a request that are equivalent to another form, which the application handles.

HEAD is GET without the body of the response, and the absolute form of a URL (`GET http://host/path`
as proxies receive it) is its path.
"""

from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class OriginForm:
    """Middleware that converts URLs in absolute form to origin form: path and query alone."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Convert the URL, if necessary, and pass the request on."""
        if scope["type"] == "http" and not scope["path"].startswith("/"):
            scheme, separator, rest = scope["raw_path"].partition(b"://")
            if separator and scheme.lower() in (b"http", b"https"):
                raw_path = b"/" + rest.partition(b"/")[2]
                # In place, because the server reads the scope, too.
                scope.update(raw_path=raw_path, path=unquote(raw_path.decode("ascii")))
        await self._app(scope, receive, send)


class HeadAsGet:
    """Middleware that handles HEAD as GET and omits the body of the response."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        as_get = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, send_without_body)
        finally:
            # The request log reads the route from the scope that it passed.
            if "route" in as_get:
                scope["route"] = as_get["route"]
