"""What is the same for every question that comes as a URL."""

from fastapi import Request

from service.problems import ErrorItem, invalid_request


def refuse_repeated(request: Request) -> None:
    """Refuse a parameter that is given twice: which of the two is meant cannot be known."""
    names = [name for name, _ in request.query_params.multi_items()]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise invalid_request(
            [ErrorItem(detail="Given more than once.", parameter=name) for name in repeated]
        )
