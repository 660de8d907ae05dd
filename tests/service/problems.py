"""Checks of error responses."""

from typing import Any

import httpx

from gatewise.service.http.problems import Problem


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Check that a response is a problem of this status, and return its members."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    members: dict[str, Any] = response.json()
    Problem.model_validate(members)
    assert members["status"] == status
    return members


def only_error(response: httpx.Response) -> dict[str, str]:
    """Check that exactly one part of a request is invalid, and return this error."""
    (error,) = problem(response, 422)["errors"]
    assert isinstance(error, dict)
    return error
