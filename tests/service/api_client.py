"""Requests to /explain and /explain/step whose responses are checked against their schemas."""

from typing import Any

import httpx
from pydantic import TypeAdapter

from gatewise.service.api.schemas.explanation import ExplanationRecord
from gatewise.service.api.schemas.step import StepResponse

_EXPLANATION = TypeAdapter(ExplanationRecord)


def check_explanation(content: Any) -> None:
    """Check JSON against the schema of the response of /explain."""
    _EXPLANATION.validate_python(content)


def explain(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """POST to /explain, check the response against its schema and return it."""
    response = client.post("/explain", json=body)
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    check_explanation(content)
    return content


def unusual_band_at(explanation: dict[str, Any], position: int) -> dict[str, float]:
    """Return the limits of the flags that apply at one token."""
    bands: list[dict[str, float]] = explanation["unusual"]["bands"]
    return [band for band in bands if band["from_token"] <= position][-1]


def calculate_step(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """POST to /explain/step, check the response against its schema and return it."""
    response = client.post("/explain/step", json=body)
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    StepResponse.model_validate(content)
    return content
