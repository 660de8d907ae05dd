"""Requests made from the OpenAPI document, good and bad.

schemathesis' own pytest integration does not run under pytest 9.2, hence its strategies by hand.
"""

import hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.schemas import BaseSchema

# How much there is to get wrong in a request of each.
OPERATIONS = {
    ("POST", "/predict"): 100,
    ("GET", "/explain"): 100,
    ("POST", "/explain"): 100,
    ("GET", "/explain/step"): 50,
    ("POST", "/explain/step"): 50,
    ("GET", "/explain/diff"): 50,
    ("POST", "/explain/diff"): 50,
    ("GET", "/units"): 10,
    ("GET", "/units/{unit}"): 50,
    ("GET", "/health"): 10,
    ("GET", "/ready"): 10,
    ("GET", "/info"): 10,
    ("GET", "/examples"): 10,
    ("GET", "/metrics"): 10,
    ("POST", "/admin/reload"): 10,
}


def answers_as_documented(
    schema: BaseSchema, method: str, path: str, *, requests: int, seed: int | None = None
) -> None:
    """Send so many requests; raise unless every answer is one that the document promises.

    The same ones every time, or those of a seed. 5xx are in the document as well, and refused here.
    """
    # Which units and tokens there are is the model's affair and the text's, so a well-formed
    # question may still be refused; and commanding takes a key.
    may_be_refused = path.startswith(("/explain", "/units", "/admin"))
    excluded = [positive_data_acceptance] if may_be_refused else []
    operation = schema[path][method]

    @hypothesis.settings(
        max_examples=requests, deadline=None, derandomize=seed is None, database=None
    )
    @hypothesis.given(data=st.data(), mode=st.sampled_from(GenerationMode))
    def ask(data: st.DataObject, mode: GenerationMode) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        case.call_and_validate(excluded_checks=excluded)

    if seed is not None:
        ask = hypothesis.seed(seed)(ask)
    ask()
