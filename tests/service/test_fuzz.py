"""Every response to a generated request conforms to the OpenAPI document."""

import pytest
import schemathesis
from schemathesis.schemas import BaseSchema

from tests.service.fuzzing import OPERATIONS, check_responses

FEWEST_REQUESTS = 10


@pytest.fixture(scope="module")
def schema(base_url: str) -> BaseSchema:
    """The OpenAPI document of the server."""
    return schemathesis.openapi.from_url(f"{base_url}/openapi.json")


def test_every_operation_is_fuzzed(schema: BaseSchema) -> None:
    documented = {(method.upper(), path) for path, methods in schema.items() for method in methods}
    assert documented == OPERATIONS.keys()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_responses_conform_to_the_document(
    schema: BaseSchema, method: str, path: str, pytestconfig: pytest.Config
) -> None:
    requests = OPERATIONS[method, path]
    if not pytestconfig.getoption("--slow"):
        requests = max(requests // 5, FEWEST_REQUESTS)
    check_responses(schema, method, path, requests=requests)
