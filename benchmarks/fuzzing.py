"""Requests generated from the OpenAPI document, valid and invalid.

The integration of schemathesis with pytest does not run under pytest 9.2, so its strategies are
used directly.
"""

from collections.abc import Iterator
from typing import Any

import hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.schemas import BaseSchema

# An operation with parameters or a body can be called in many more ways than one without.
_WEIGHT_WITH_INPUT = 10

Operation = tuple[str, str]


def operations(document: dict[str, Any]) -> Iterator[tuple[Operation, int]]:
    """List method and path of every operation in an OpenAPI document, with its weight."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            has_input = "requestBody" in operation or bool(operation.get("parameters"))
            yield (method.upper(), path), _WEIGHT_WITH_INPUT if has_input else 1


def distribute(cases: int, document: dict[str, Any]) -> dict[Operation, int]:
    """Divide a number of requests among all operations by weight, rounding up."""
    weights = dict(operations(document))
    total = sum(weights.values())
    return {operation: -(-cases * weight // total) for operation, weight in weights.items()}


def check_responses(schema: BaseSchema, operation: Operation, *, requests: int, seed: int) -> None:
    """Send generated requests, and check that every response is documented and none is a 5xx.

    Args:
        schema: The document, loaded from the server.
        operation: Method and path.
        requests: Number of requests.
        seed: Seed of the generator.

    Raises:
        Exception: A response breaks the document; the error shows the smallest such request.
    """
    method, path = operation
    # A well-formed request can name a unit, token or model that does not exist, or lack the key for
    # administration, so its refusal is no error there.
    may_be_refused = path.startswith(("/explain", "/units", "/v2/models", "/admin"))
    excluded = [positive_data_acceptance] if may_be_refused else []
    strategy = schema[path][method]

    @hypothesis.seed(seed)
    @hypothesis.settings(max_examples=requests, deadline=None, database=None)
    @hypothesis.given(data=st.data(), mode=st.sampled_from(GenerationMode))
    def send(data: st.DataObject, mode: GenerationMode) -> None:
        case = data.draw(strategy.as_strategy(generation_mode=mode))
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body.pop("model", None)
        case.call_and_validate(excluded_checks=excluded)

    send()
