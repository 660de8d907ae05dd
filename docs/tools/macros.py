"""The entry point of mkdocs-macros."""

from typing import Any

from docs.tools.functions import page_functions


def define_env(env: Any) -> None:
    """Make the functions of the pages known to mkdocs-macros."""
    for name, function in page_functions().items():
        env.macro(function, name)
