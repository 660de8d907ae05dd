"""The reference of the HTTP API, from the OpenAPI document that the application generates."""

from collections.abc import Iterator
from typing import Any

from benchmarks.report import markdown_table
from gatewise.service.app import create_app
from gatewise.service.settings import Settings

Schema = dict[str, Any]
_LIMITS = {
    "minimum": "Minimum: {}.",
    "exclusiveMinimum": "Greater than {}.",
    "maximum": "Maximum: {}.",
    "minLength": "Minimum length: {}.",
    "minItems": "Minimum number of items: {}.",
    "maxItems": "Maximum number of items: {}.",
}


def openapi() -> Schema:
    """Return the OpenAPI document of the application with default settings."""
    return create_app(Settings()).openapi()


def http_reference(document: Schema) -> str:
    """Render every operation, and after them every schema, as Markdown."""
    operations = [
        _operation(method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    schemas = document["components"]["schemas"]
    records = [_record(name, schema) for name, schema in sorted(schemas.items())]
    return "\n\n".join([*operations, "## Schemas", *records])


def _operation(method: str, path: str, operation: Schema) -> str:
    parts = [
        f"## {method} {path}",
        f"**{operation['summary']}.** {operation.get('description', '')}",
    ]
    if parameters := operation.get("parameters"):
        rows = [
            [f"`{p['name']}`", p["in"], _type(p["schema"]), _text(p | p["schema"])]
            for p in parameters
        ]
        parts.append(_table(["parameter", "in", "type", "what it is"], rows))
    if body := operation.get("requestBody"):
        parts.append(f"Request body: {_content(body)}.")
    responses = [
        [f"`{status}`", _content(response), response.get("description", "")]
        for status, response in operation["responses"].items()
    ]
    parts.append(_table(["status", "body", "when"], responses))
    return "\n\n".join(parts)


def _content(holder: Schema) -> str:
    """Name the media types of a body, each with its schema."""
    return ", ".join(
        f"`{media}` {_type(content.get('schema', {}))}".rstrip()
        for media, content in holder.get("content", {}).items()
    )


def _record(name: str, schema: Schema) -> str:
    parts = [f"### {name}", schema.get("description", "")]
    required = schema.get("required", [])
    rows = [
        [
            f"`{field}`" + ("" if field in required else " (optional)"),
            _type(value),
            _text(value),
        ]
        for field, value in schema.get("properties", {}).items()
    ]
    if rows:
        parts.append(_table(["field", "type", "what it is"], rows))
    else:
        parts.append(f"Type: {_type(schema)}.")
    return "\n\n".join(part for part in parts if part)


def _type(schema: Schema) -> str:
    """Name the type of a value, with links to other schemas."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return " or ".join(dict.fromkeys(map(_type, schema[union])))
    if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return " or ".join(f"`{value}`" for value in values)
    return _container(schema)


def _container(schema: Schema) -> str:
    """Name the type of a list or an object with that of its elements, or a plain type."""
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict) and extra:
        return f"object of {_type(extra)}"
    return str(schema.get("type", "any"))


def _text(schema: Schema) -> str:
    """Join the description of a value with its limits and its default."""
    parts = [schema.get("description", ""), " ".join(_limits(schema))]
    if schema.get("default") is not None:
        parts.append(f"Default: `{schema['default']}`.")
    return " ".join(part for part in parts if part)


def _limits(schema: Schema) -> Iterator[str]:
    for key, wording in _LIMITS.items():
        if key in schema:
            yield wording.format(schema[key])


def _table(titles: list[str], rows: list[list[Any]]) -> str:
    cells: list[list[object]] = [[_cell(str(value)) for value in row] for row in rows]
    head, _, *lines = markdown_table(titles, cells)
    return "\n".join([head, "| " + " | ".join("---" for _ in titles) + " |", *lines])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
