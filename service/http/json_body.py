"""Reads a JSON body, with a precise error for every way in which it can be invalid."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from gatewise.service.http.problems import ProblemError

_ADVICE = 'Send a JSON object in UTF-8, such as {"text": "A fine movie."}.'


class JSONRequest(Request):
    """A request whose body is parsed as JSON, whatever its Content-Type is.

    Clients such as `curl -d` send JSON with the Content-Type of a form. No route takes anything
    but JSON, so it cannot be mistaken for something else.
    """

    def __init__(self, request: Request) -> None:
        """Wrap a request whose body has not been read."""
        kept = [header for header in request.scope["headers"] if header[0] != b"content-type"]
        headers = [*kept, (b"content-type", b"application/json")]
        super().__init__({**request.scope, "headers": headers}, request.receive)

    async def json(self) -> Any:
        """Parse the body.

        Raises:
            ProblemError: The body is not JSON (400); the message gives the position.
        """
        body = await self.body()
        try:
            return json.loads(body.decode())
        except UnicodeDecodeError as error:
            message = f"The body is not UTF-8: byte {error.start} is invalid."
        except json.JSONDecodeError as error:
            message = (
                f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            )
        except (ValueError, RecursionError):
            message = "The body cannot be parsed: it has a huge number or is nested too deep."
        raise ProblemError(400, "invalid-json", f"{message} {_ADVICE}")


class JSONRoute(APIRoute):
    """A route whose requests are `JSONRequest`s."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of FastAPI."""
        handler = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handler(JSONRequest(request))

        return handle_json
