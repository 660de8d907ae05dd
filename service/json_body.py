"""Reading a JSON body, with an answer for every way in which it can fail to be JSON."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from service.problems import ProblemError

_ADVICE = 'Send a JSON object in UTF-8, such as {"text": "A fine movie."}.'


class JSONRequest(Request):
    """A request whose body is taken for JSON whatever its Content-Type says.

    `curl -d` and others send JSON as a form; there is nothing else it could mean here.
    """

    def __init__(self, request: Request) -> None:
        """Take over a request that has not been read."""
        kept = [header for header in request.scope["headers"] if header[0] != b"content-type"]
        headers = [*kept, (b"content-type", b"application/json")]
        super().__init__({**request.scope, "headers": headers}, request.receive)

    async def json(self) -> Any:
        """Parse the body, or raise a `ProblemError` (400) that says what is wrong with it."""
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
            message = "The body is JSON of no use here: it has a huge number or is nested too deep."
        raise ProblemError(400, "invalid-json", f"{message} {_ADVICE}")


class JSONRoute(APIRoute):
    """A route that reads its body as `JSONRequest` does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's own handler."""
        handler = super().get_route_handler()

        async def read_json(request: Request) -> Response:
            return await handler(JSONRequest(request))

        return read_json
