"""What every error answer must be."""

from typing import Any

import httpx

from service.problems import Problem


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Check that `response` is a problem of this status, and answer its members."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    members: dict[str, Any] = response.json()
    Problem.model_validate(members)
    assert members["status"] == status
    return members


def only_error(response: httpx.Response) -> dict[str, str]:
    """Check that one thing is wrong with a request, and answer it."""
    (error,) = problem(response, 422)["errors"]
    assert isinstance(error, dict)
    return error
