"""Questions to /explain and /explain/step whose answers are as documented."""

from typing import Any

import httpx

from service.explain_schemas import ExplainAnswer
from service.step_schemas import StepAnswer


def explain(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """POST to /explain, check the answer against its schema, and return it."""
    response = client.post("/explain", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    ExplainAnswer.model_validate(answer)
    return answer


def band_at(answer: dict[str, Any], position: int) -> dict[str, float]:
    """Pick what an answer calls unusual at one token."""
    bands: list[dict[str, float]] = answer["unusual"]["bands"]
    return [band for band in bands if band["from_token"] <= position][-1]


def work(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """POST to /explain/step, check the answer against its schema, and return it."""
    response = client.post("/explain/step", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    StepAnswer.model_validate(answer)
    return answer
