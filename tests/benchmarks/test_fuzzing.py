"""How the requests of the fuzz are divided among the operations."""

from typing import Any

from benchmarks.fuzzing import distribute

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/predict": {"post": {"requestBody": {}}},
        "/units/{unit}": {"get": {"parameters": [{}]}},
        "/health": {"get": {}},
    }
}


def test_operations_with_input_get_ten_times_as_many_requests() -> None:
    assert distribute(210, DOCUMENT) == {
        ("POST", "/predict"): 100,
        ("GET", "/units/{unit}"): 100,
        ("GET", "/health"): 10,
    }


def test_every_operation_gets_at_least_one_request() -> None:
    assert set(distribute(1, DOCUMENT).values()) == {1}
