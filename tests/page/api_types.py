"""Types of the API records for the page's JavaScript, generated from the OpenAPI document.

    python -m tests.page.api_types

writes `service/page/js/core/openapi.d.ts` anew. It needs Node and `npm ci`.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from gatewise.service.app import create_app
from gatewise.service.settings import Settings

_ROOT = Path(__file__).parents[2]
GENERATOR = _ROOT / "node_modules" / ".bin" / "openapi-typescript"
TYPES = _ROOT / "service" / "page" / "js" / "core" / "openapi.d.ts"
# The requests that the page sends.
_OPERATIONS = {
    "/predict": "post",
    "/explain": "post",
    "/explain/diff": "post",
    "/explain/step": "post",
    "/explain/sweep": "post",
    "/units": "get",
    "/units/{unit}": "get",
    "/info": "get",
    "/examples": "get",
}
# Texts for people. Without them the types change only with the structure of the API.
_ANNOTATIONS = {"description", "summary", "title", "examples", "example"}
_REFERENCE = "#/components/schemas/"
_HEADER = "// Written by `python -m tests.page.api_types`. Do not edit.\n"


def generate_types() -> str:
    """Return the TypeScript declarations of the records that the page reads and sends."""
    document = reduced(create_app(Settings()).openapi())
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        output = Path(folder) / "openapi.d.ts"
        subprocess.run(
            [
                GENERATOR,
                source,
                *("--output", output),
                *("--export-type", "--default-non-nullable", "false"),
            ],
            check=True,
            capture_output=True,
        )
        generated = output.read_text(encoding="utf-8")
    return _HEADER + generated[generated.index("export type") :]


def reduced(document: dict[str, Any]) -> dict[str, Any]:
    """Keep the operations that the page calls, their bodies and the schemas that these refer to."""
    paths: dict[str, Any] = {}
    for path, method in _OPERATIONS.items():
        operation = document["paths"][path][method]
        kept: dict[str, Any] = {
            "responses": {
                "200": {
                    "description": "",
                    "content": {
                        "application/json": operation["responses"]["200"]["content"][
                            "application/json"
                        ]
                    },
                }
            }
        }
        if "requestBody" in operation:
            kept["requestBody"] = operation["requestBody"]
        paths[path] = {method: kept}
    schemas = document["components"]["schemas"]
    found = _references(paths, schemas)
    return {
        "openapi": document["openapi"],
        "info": {"title": "Gatewise", "version": ""},
        "paths": _without_annotations(paths),
        "components": {"schemas": {name: _without_annotations(schemas[name]) for name in found}},
    }


def _references(node: object, schemas: dict[str, Any]) -> list[str]:
    """Return the names of all schemas that a part of the document refers to, sorted."""
    found: set[str] = set()

    def visit(part: object) -> None:
        if isinstance(part, dict):
            reference = part.get("$ref", "")
            name = reference.removeprefix(_REFERENCE) if isinstance(reference, str) else ""
            if name and name not in found:
                found.add(name)
                visit(schemas[name])
            for child in part.values():
                visit(child)
        elif isinstance(part, list):
            for child in part:
                visit(child)

    visit(node)
    return sorted(found)


def _without_annotations(node: Any) -> Any:
    """Return a copy without texts for people. A property that has such a name is kept."""
    if isinstance(node, list):
        return [_without_annotations(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without_annotations(child) for name, child in value.items()}
        if key == "properties"
        else _without_annotations(value)
        for key, value in node.items()
        if key not in _ANNOTATIONS
    }


if __name__ == "__main__":
    TYPES.write_text(generate_types(), encoding="utf-8")
