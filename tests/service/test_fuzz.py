"""No answer to any request, good or bad, leaves the OpenAPI document; `make soak` asks far more."""

import pytest
import schemathesis
from schemathesis.schemas import BaseSchema

from tests.service.fuzzing import OPERATIONS, answers_as_documented


@pytest.fixture(scope="module")
def schema(base_url: str) -> BaseSchema:
    """The document that the server serves."""
    return schemathesis.openapi.from_url(f"{base_url}/openapi.json")


def test_every_operation_is_fuzzed(schema: BaseSchema) -> None:
    documented = {(method.upper(), path) for path, methods in schema.items() for method in methods}
    assert documented == OPERATIONS.keys()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_documented(schema: BaseSchema, method: str, path: str) -> None:
    answers_as_documented(schema, method, path, requests=OPERATIONS[method, path])
