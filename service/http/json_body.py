"""Reads a JSON body, with a precise error for every way in which it can be invalid."""

import codecs
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from gatewise.service.http.fields import refuse_parameters
from gatewise.service.http.problems import ErrorItem, ProblemError, invalid_request, json_pointer

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
        """Parse the body. A byte order mark in front of it is ignored.

        Raises:
            ProblemError: The body is not JSON (400); the message gives the position. Or an object
                in it has a key more than once (422).
        """
        body = (await self.body()).removeprefix(codecs.BOM_UTF8)
        try:
            return _loads(body.decode())
        except UnicodeDecodeError as error:
            message = f"The body is not UTF-8: byte {error.start} is invalid."
        except json.JSONDecodeError as error:
            message = (
                f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            )
        except (ValueError, RecursionError):
            message = "The body cannot be parsed: it has a huge number or is nested too deep."
        raise ProblemError(400, "invalid-json", f"{message} {_ADVICE}")


class _RepeatedKeys(dict[str, Any]):
    """An object with keys that occur more than once, any of whose values could be meant."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.keys_repeated = [name for name in self if names.count(name) > 1]


def _loads(text: str) -> Any:
    """Parse JSON, and check that no object has a key more than once."""
    found = False

    def create_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        found = True
        return _RepeatedKeys(pairs)

    value = json.loads(text, object_pairs_hook=create_object)
    if found:
        detail = "The key occurs more than once, and either value could be meant. Send it once."
        pointers = _repeated_keys(value, ())
        raise invalid_request([ErrorItem(detail=detail, pointer=each) for each in pointers])
    return value


def _repeated_keys(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    """Yield the pointers of all repeated keys in a value."""
    members = value.items() if isinstance(value, dict) else ()
    for name, inner in enumerate(value) if isinstance(value, list) else members:
        yield from _repeated_keys(inner, (*path, name))
    if isinstance(value, _RepeatedKeys):
        for name in value.keys_repeated:
            yield json_pointer((*path, name))


class JSONRoute(APIRoute):
    """A route whose requests are `JSONRequest`s. Parameters of a POST are in its body alone."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of FastAPI."""
        handler = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            if request.method == "POST":
                await refuse_parameters(request)
            return await handler(JSONRequest(request))

        return handle_json
