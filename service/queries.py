"""What is the same for every question that comes as a URL, or as a URL and a body."""

from typing import Literal

from fastapi import Request

from service.problems import ErrorItem, invalid_request

Source = Literal["body", "query"]


def refuse_repeated(request: Request) -> None:
    """Refuse a parameter that is given twice: which of the two is meant cannot be known."""
    names = [name for name, _ in request.query_params.multi_items()]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise invalid_request(
            [ErrorItem(detail="Given more than once.", parameter=name) for name in repeated]
        )


def field_place(field: str, *, asked_in: Source) -> dict[str, str]:
    """Place a field of the question in an `ErrorItem`: a pointer into a body, or a parameter."""
    return {"pointer": f"#/{field}"} if asked_in == "body" else {"parameter": field}
