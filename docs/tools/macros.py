"""The entry point of mkdocs-macros."""

from typing import Any

from docs.tools.functions import of_pages


def define_env(env: Any) -> None:
    """Make the functions of the pages known to mkdocs-macros."""
    for name, function in of_pages().items():
        env.macro(function, name)
