"""The types that the page's JavaScript is checked against are those of the service."""

import os

import pytest

from tests.page.api_types import GENERATOR, TYPES, generate_types


def test_the_types_of_the_api_records_match_the_openapi_document() -> None:
    if not GENERATOR.exists():
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("The npm packages are not installed: run `npm ci`.")
    assert TYPES.read_text(encoding="utf-8") == generate_types(), (
        "The API has changed. Run `python -m tests.page.api_types` and `npm run types`."
    )
