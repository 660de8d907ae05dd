"""Log records as JSON lines."""

import json
import logging
import sys

from gatewise.service.http.logs import JSONFormatter


def record(message: str, **extra: object) -> logging.LogRecord:
    result = logging.LogRecord("gatewise", logging.INFO, __file__, 1, message, (), None)
    vars(result).update(extra)
    return result


def test_a_line_is_one_json_object_with_its_fields() -> None:
    line = JSONFormatter().format(record("two\nlines", fields={"status": 200}))
    assert "\n" not in line
    members = json.loads(line)
    assert members.pop("time").endswith("+00:00")
    assert members == {
        "level": "info",
        "logger": "gatewise",
        "message": "two\nlines",
        "status": 200,
    }


def test_a_line_with_a_lone_surrogate_can_be_encoded() -> None:
    line = JSONFormatter().format(record("request", fields={"route": "\ud800"}))
    assert json.loads(line.encode())["route"] == "\ud800"


def test_an_exception_is_part_of_its_line() -> None:
    try:
        raise ValueError("reason")
    except ValueError:
        line = JSONFormatter().format(record("failed", exc_info=sys.exc_info()))
    assert json.loads(line)["exception"].endswith("ValueError: reason")
