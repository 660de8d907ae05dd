"""Recorded outputs of examples, as the README and the pages show them."""

from typing import Any

from docs.tools.examples import recorded_at
from docs.tools.json_text import json_text


def output(name: str, *show: str, digits: int = 4) -> str:
    """Render what an example returned or printed as a fenced block.

    Args:
        name: The name of the example.
        show: Parts of the JSON to show, such as `label` or `tokens.4`; by default all of it.
        digits: Decimals of numbers.

    Raises:
        KeyError: There is no such example or part.
    """
    if show:
        value = _nested({place: recorded_at(name, place) for place in show})
    else:
        value = recorded_at(name)
    if isinstance(value, str):
        return f"```text\n{value.rstrip()}\n```"
    return f"```json\n{json_text(_shorten(value, digits))}\n```"


def number(name: str, place: str, digits: int = 1, *, signed: bool = False) -> str:
    """Write one number of a recorded output in prose."""
    value = recorded_at(name, place)
    return f"{value:{'+' if signed else ''}.{digits}f}".replace("-", "−")


def _nested(values: dict[str, Any]) -> Any:
    """Build JSON from values by place; of a list it has only the elements that are named."""
    if "" in values:
        return values[""]
    groups: dict[str, dict[str, Any]] = {}
    for place, value in values.items():
        key, _, rest = place.partition(".")
        groups.setdefault(key, {})[rest] = value
    parts = {key: _nested(group) for key, group in groups.items()}
    return list(parts.values()) if all(key.isdigit() for key in parts) else parts


def _shorten(value: Any, digits: int) -> Any:
    if isinstance(value, dict):
        return {key: _shorten(part, digits) for key, part in value.items()}
    if isinstance(value, list):
        return [_shorten(part, digits) for part in value]
    return round(value, digits) + 0.0 if isinstance(value, float) else value  # no −0.0
