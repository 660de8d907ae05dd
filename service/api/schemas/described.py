"""Descriptions of fields in the OpenAPI document, from the docstrings below the fields."""

import ast
import inspect
import sys
from functools import cache
from typing import Annotated, TypeVar

from pydantic import Field

Class = TypeVar("Class", bound=type)


def described(cls: Class) -> Class:
    """Make the docstrings of a class's fields their descriptions; a decorator below `dataclass`.

    Pydantic's `use_attribute_docstrings` does the same, but parses the module again for every class
    whenever it is used in a request or a response, which the service would wait for at its start.
    Without source code, there are no descriptions.

    Args:
        cls: A class at the top level of a module.
    """
    annotations = cls.__annotations__
    for name, text in _docstrings(cls.__module__).get(cls.__qualname__, {}).items():
        annotations[name] = Annotated[annotations[name], Field(description=text)]
    return cls


@cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """Return the docstrings of the fields of all classes of a module, by class."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError):
        return {}
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: _of_fields(node) for node in classes}


def _of_fields(node: ast.ClassDef) -> dict[str, str]:
    """Return the docstrings of the fields of a class: strings that follow an annotated name."""
    found = {}
    for field, following in zip(node.body, node.body[1:], strict=False):
        match field, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found
