"""Every setting of the service: an environment variable `GATEWISE_…` with a default."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX = "GATEWISE_"


def usable_cores() -> int:
    """Count the cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """What can be set, in the order in which the README lists it."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for every one.")
    port: int = Field(8000, ge=0, le=65_535, description="Port to listen on; 0 for any free one.")
    model: Path | None = Field(
        None, description="Model directory to serve; unset, the release that ships with Gatewise."
    )
    max_tokens: int = Field(
        20_000, ge=1, description="Tokens in one text. Longer texts are refused, never cut."
    )
    max_texts: int = Field(256, ge=1, description="Texts in one `/predict` request.")
    max_body_bytes: int = Field(
        2_000_000, ge=1, description="Bytes in a request body; more is refused while reading."
    )
    max_url_bytes: int = Field(
        32_768,
        ge=256,
        description="Bytes in a request URL. The default fits the longest IMDb review.",
    )
    max_unit_values: int = Field(
        4_000_000, ge=1, description="Numbers in the unit arrays of one `/explain` answer."
    )
    max_faithfulness_tokens: int = Field(
        1_000,
        ge=1,
        description="Tokens in a text whose `faithfulness` is asked for: its time grows with their "
        "square.",
    )
    max_effect_tokens: int = Field(
        1000,
        ge=1,
        description="Tokens in a text whose gate `effects` are asked for. Their time grows with "
        "the square of it: with the shipped model, 230 tokens take a second, 1,000 twenty.",
    )
    threads: int = Field(
        1,
        ge=1,
        description="Threads that read the texts of one request side by side; one text takes one.",
    )
    workers: int = Field(
        1,
        ge=1,
        description="Processes that answer requests. They share the memory of "
        "weights and of the table of words.",
    )
    concurrency: int | None = Field(
        None,
        ge=1,
        description="Worker threads for inference in each process; further requests wait.",
        json_schema_extra={"default_text": "number of usable cores / workers"},
    )
    queue_tokens: int = Field(
        200_000,
        ge=1,
        description="Tokens of the texts that may wait in each process; more is answered 429. A "
        "request is never too large for an empty queue.",
    )
    batch_tokens: int = Field(
        16_384,
        ge=1,
        description="Tokens of waiting texts that are judged together; 1 for never together.",
    )
    deadline_seconds: float = Field(
        30, gt=0, description="How long a request may wait for its inference; then 504."
    )
    read_seconds: int = Field(
        10,
        ge=1,
        description="How long the headers, and then the body, of a request may take to arrive; "
        "then 408. Idle connections are closed after as long.",
    )
    watch_seconds: float = Field(
        0,
        ge=0,
        description="How often to look for a new model in the model directory; 0 for never.",
    )
    api_keys_file: Path | None = Field(
        None,
        description="File of API keys, one a line, read anew when it changes; unset, none is "
        "needed.",
    )
    admin_keys_file: Path | None = Field(
        None, description="The same for `/admin/…`; unset, nobody may ask that."
    )
    cors_origins: str = Field(
        "",
        description="Origins whose pages may ask, separated by spaces, or `*`; unset, none but "
        "our own.",
        json_schema_extra={"default_text": "unset"},
    )
    shutdown_seconds: int = Field(
        10, ge=0, description="How long accepted requests may take to finish after SIGTERM."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe log lines to write. `info` includes one per request."
    )
    log_texts: bool = Field(
        False, description="Log every text that is read. They may be private; for debugging."
    )
    telemetry: bool = Field(
        False,
        description="Send a span of each request by OpenTelemetry, as the variables `OTEL_…` say. "
        "Needs the extra `telemetry`.",
    )

    @property
    def inference_threads(self) -> int:
        """Worker threads in each process: as many as set, or all cores shared out."""
        return self.concurrency or max(1, usable_cores() // self.workers)


def unknown_settings() -> list[str]:
    """Name the environment variables that look like settings and are none."""
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(ENV_PREFIX) and name not in known)


def settings_table() -> list[str]:
    """Render the settings as the lines of a Markdown table, for the README."""
    lines = ["| variable | default | what it sets |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = extra.get("default_text", "unset" if field.default is None else field.default)
        cell = default if "default_text" in extra else f"`{default}`"
        lines.append(f"| `{ENV_PREFIX}{name.upper()}` | {cell} | {field.description} |")
    return lines
