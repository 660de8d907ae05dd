"""Requests made from the OpenAPI document, good and bad: no answer leaves the document.

schemathesis' own pytest integration does not run under pytest 9.2, hence its strategies by hand.
"""

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.schemas import BaseSchema

OPERATIONS = [
    ("POST", "/predict", 100),
    ("GET", "/explain", 100),
    ("POST", "/explain", 100),
    ("GET", "/explain/step", 50),
    ("POST", "/explain/step", 50),
    ("GET", "/explain/diff", 50),
    ("POST", "/explain/diff", 50),
    ("GET", "/units", 10),
    ("GET", "/units/{unit}", 50),
    ("GET", "/health", 10),
    ("GET", "/ready", 10),
    ("GET", "/info", 10),
    ("GET", "/examples", 10),
    ("GET", "/metrics", 10),
]


@pytest.fixture(scope="module")
def schema(base_url: str) -> BaseSchema:
    """The document that the server serves."""
    return schemathesis.openapi.from_url(f"{base_url}/openapi.json")


def test_every_operation_is_fuzzed(schema: BaseSchema) -> None:
    documented = {(method.upper(), path) for path, methods in schema.items() for method in methods}
    assert documented == {(method, path) for method, path, _ in OPERATIONS}


@pytest.mark.parametrize(("method", "path", "requests"), OPERATIONS)
def test_every_answer_is_as_documented(
    schema: BaseSchema, method: str, path: str, requests: int
) -> None:
    # Which units and tokens there are is the model's affair and the text's, so a well-formed
    # question may still be refused.
    excluded = [positive_data_acceptance] if path.startswith(("/explain", "/units")) else []
    operation = schema[path][method]

    @hypothesis.settings(max_examples=requests, deadline=None, derandomize=True, database=None)
    @hypothesis.given(data=st.data(), mode=st.sampled_from(GenerationMode))
    def answers_as_documented(data: st.DataObject, mode: GenerationMode) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        case.call_and_validate(excluded_checks=excluded)

    answers_as_documented()
