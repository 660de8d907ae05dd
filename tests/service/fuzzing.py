"""Valid and invalid requests that are generated from the OpenAPI document.

The strategies of schemathesis are used directly, because its pytest integration does not run under
pytest 9.2.
"""

from typing import Any

import hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.schemas import BaseSchema

from gatewise.models.text.reader import read_text

# Number of requests for each operation; more for those with more parameters.
OPERATIONS = {
    ("POST", "/predict"): 100,
    ("POST", "/"): 10,
    ("GET", "/explain"): 100,
    ("POST", "/explain"): 100,
    ("GET", "/explain/step"): 50,
    ("POST", "/explain/step"): 50,
    ("GET", "/explain/sweep"): 50,
    ("POST", "/explain/sweep"): 50,
    ("GET", "/explain/diff"): 50,
    ("POST", "/explain/diff"): 50,
    ("GET", "/v2"): 10,
    ("GET", "/v2/health/live"): 10,
    ("GET", "/v2/health/ready"): 10,
    ("GET", "/v2/models/{name}"): 20,
    ("GET", "/v2/models/{name}/ready"): 20,
    ("POST", "/v2/models/{name}/infer"): 50,
    ("GET", "/units"): 10,
    ("GET", "/units/{unit}"): 50,
    ("GET", "/health"): 10,
    ("GET", "/ready"): 10,
    ("GET", "/info"): 10,
    ("GET", "/examples"): 10,
    ("GET", "/metrics"): 10,
    ("POST", "/admin/reload"): 10,
}


def check_responses(
    schema: BaseSchema, method: str, path: str, *, requests: int, seed: int | None = None
) -> None:
    """Send generated requests and check every response against the OpenAPI document.

    Statuses of 500 and above fail, although the document contains them.

    Args:
        schema: The OpenAPI document.
        method: Method of the operation.
        path: Path of the operation.
        requests: Number of requests.
        seed: Seed of the requests; by default, they are the same every time.
    """
    # The document does not say which units, tokens and models exist, so valid requests may be
    # refused; and /admin needs a key. Neither does it say which texts have a token.
    may_be_refused = path.startswith(("/explain", "/units", "/v2/models", "/admin"))
    operation = schema[path][method]

    @hypothesis.settings(
        max_examples=requests, deadline=None, derandomize=seed is None, database=None
    )
    @hypothesis.given(data=st.data(), mode=st.sampled_from(GenerationMode))
    def send_request(data: st.DataObject, mode: GenerationMode) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body.pop("model", None)
        refusable = may_be_refused or not all(map(_has_token, _texts(case.body)))
        excluded = [positive_data_acceptance] if refusable else []
        case.call_and_validate(excluded_checks=excluded)

    if seed is not None:
        send_request = hypothesis.seed(seed)(send_request)
    send_request()


def _texts(body: Any) -> list[str]:
    """The texts to be read in the body of a request, if there are any."""
    if not isinstance(body, dict):
        return []
    texts = [body.get("text"), body.get("inputs")]
    return [
        text
        for value in texts
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    ]


def _has_token(text: str) -> bool:
    """Whether a text is not blank, also when markup and control characters are gone."""
    return bool(text.strip() and read_text(text).text.strip())
