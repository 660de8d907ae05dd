"""The functions that pages call in braces, and the README and CONTRIBUTING in `fill` comments."""

from collections.abc import Callable
from typing import Any

from docs.tools.cli_reference import cli_reference
from docs.tools.comparison import explainer, times_as_long
from docs.tools.export_page import exported_differences, try_page_link
from docs.tools.figures import figure, percent, provenance, release
from docs.tools.http_reference import http_reference, openapi
from docs.tools.layers import layers_table
from docs.tools.output import number, output
from docs.tools.settings_reference import settings_table
from docs.tools.tables import accuracy_gap, batching_gain, releases_table, table

Function = Callable[..., Any]


def fill_functions() -> dict[str, Function]:
    """Return the functions of `fill` comments, by name."""
    return {
        "figure": figure,
        "number": number,
        "output": output,
        "layers_table": layers_table,
        "percent": percent,
        "accuracy_gap": accuracy_gap,
        "provenance": provenance,
        "release": release,
        "releases_table": releases_table,
        "table": table,
    }


def page_functions() -> dict[str, Function]:
    """Return the functions of the site's pages, by name: also those that write whole pages."""
    return {
        **fill_functions(),
        "batching_gain": batching_gain,
        "cli_reference": cli_reference,
        "explainer": explainer,
        "exported_differences": exported_differences,
        "http_reference": application_reference,
        "settings_table": settings_table,
        "times_as_long": times_as_long,
        "try_page_link": try_page_link,
    }


def application_reference() -> str:
    """Render the reference of the HTTP API."""
    return http_reference(openapi())
