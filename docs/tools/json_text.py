"""JSON that is written to be read: what fits on a line is on one line."""

import json
from typing import Any

_WIDTH = 100


def json_text(value: Any, indent: int = 0) -> str:
    """Write a JSON value.

    Args:
        value: The value. If it is an object or a list, its own elements are on lines of their own.
        indent: How far the lines after the first are indented.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (indent and len(line) + indent <= _WIDTH):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {json_text(part, indent + 2)}" for key, part in value.items()]
    else:
        parts = [json_text(part, indent + 2) for part in value]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    body = ",\n".join(inner + part for part in parts)
    return f"{opening}\n{body}\n{' ' * indent}{closing}"
