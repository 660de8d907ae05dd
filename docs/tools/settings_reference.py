"""The table of settings, from the class that reads them."""

from benchmarks.report import markdown_table
from gatewise.service.settings import ENV_PREFIX, Settings


def settings_table() -> str:
    """List every setting: its environment variable, its default and what it does."""
    rows: list[list[object]] = []
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = "unset" if field.default is None else f"`{field.default}`"
        cell = extra.get("default_text", default)
        rows.append([f"`{ENV_PREFIX}{name.upper()}`", cell, field.description])
    titles, rule, *lines = markdown_table(["variable", "default", "what it sets"], rows)
    return "\n".join([titles, rule.replace("---:", "---"), *lines])
