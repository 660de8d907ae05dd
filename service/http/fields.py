"""Fields of a request: their locations in error messages, and query parameters."""

from typing import Literal

from fastapi import Request

from gatewise.service.http.problems import ErrorItem, invalid_request

# Where the fields of a request were: `body` is JSON, `query` is the URL.
Source = Literal["body", "query"]


def refuse_repeated_parameters(request: Request) -> None:
    """Check that no query parameter occurs twice, since either value could be the intended one.

    Raises:
        ProblemError: A parameter is repeated (422).
    """
    names = [name for name, _ in request.query_params.multi_items()]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise invalid_request(
            [ErrorItem(detail="Occurs more than once.", parameter=name) for name in repeated]
        )


async def refuse_parameters(request: Request) -> None:
    """Check that a request has no query parameters.

    Raises:
        ProblemError: It has at least one (422).
    """
    if names := sorted(request.query_params.keys()):
        advice = "; send fields in the body" if request.method == "POST" else ""
        detail = f"Unknown parameter. This request takes none in its URL{advice}."
        raise invalid_request([ErrorItem(detail=detail, parameter=name) for name in names])


def field_location(field: str, source: Source) -> dict[str, str]:
    """Return the location of a field for `ErrorItem`: a JSON pointer, or a parameter name."""
    return {"pointer": f"#/{field}"} if source == "body" else {"parameter": field}
