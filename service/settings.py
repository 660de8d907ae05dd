"""Every setting of the service: an environment variable `GATEWISE_…` with a default."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX = "GATEWISE_"


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """All settings, in the order in which the documentation lists them."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for all of them.")
    port: int = Field(8000, ge=0, le=65_535, description="Port to listen on; 0 for any free one.")
    model: str | None = Field(
        None,
        description="Model to serve: a directory, the name of a shipped release such as "
        "`imdb-gru-256`, or a Hugging Face Hub id such as `user/name`. By default the default "
        "release.",
    )
    precision: Literal["int8", "bfloat16", "float32"] | None = Field(
        None,
        description="Arithmetic of the recurrence: `int8` for models stored in 8 bits (their "
        "default), `bfloat16`, or `float32`, which rounds no state. `/info` states which is used.",
    )
    max_tokens: int = Field(
        20_000, ge=1, description="Tokens in one text. Longer texts are refused, never truncated."
    )
    max_texts: int = Field(256, ge=1, description="Texts in one `/predict` request.")
    max_body_bytes: int = Field(
        2_000_000,
        ge=1,
        description="Bytes in a request body, after decompression; larger bodies are refused.",
    )
    max_url_bytes: int = Field(
        32_768,
        ge=256,
        description="Bytes in a request URL. The default fits the longest IMDb review.",
    )
    max_unit_values: int = Field(
        4_000_000, ge=1, description="Numbers in the unit arrays of one `/explain` response."
    )
    max_faithfulness_tokens: int = Field(
        1_000,
        ge=1,
        description="Tokens in a text with `faithfulness`. Its time grows with their square.",
    )
    max_gate_effect_tokens: int = Field(
        1000,
        ge=1,
        description="Tokens in a text with `gate_effects`. The time grows with their square: with "
        "the default model, 230 tokens take 1 s and 1,000 tokens 20 s.",
    )
    threads: int = Field(
        1,
        ge=1,
        description="Threads that process the texts of one request in parallel. A single text "
        "uses one.",
    )
    workers: int = Field(
        1,
        ge=1,
        description="Worker processes. They share the weights and the word table in memory.",
    )
    concurrency: int | None = Field(
        None,
        ge=1,
        description="Inference threads in each process; further requests wait.",
        json_schema_extra={"default_text": "number of usable cores / workers"},
    )
    queue_tokens: int = Field(
        200_000,
        ge=1,
        description="Tokens of texts that may wait in each process; beyond it, the status is 429. "
        "An empty queue accepts a request of any size.",
    )
    batch_tokens: int = Field(
        16_384,
        ge=1,
        description="Tokens of waiting texts that are processed in one batch; 1 for no batches.",
    )
    deadline_seconds: float = Field(
        30, gt=0, description="Time that a request may take in queue and model; then 504."
    )
    read_seconds: int = Field(
        10,
        ge=1,
        description="Time in which the headers, and then the body, of a request must arrive; then "
        "408. Idle connections are closed after this time, too.",
    )
    api_keys_file: Path | None = Field(
        None,
        description="File of API keys, one a line, which is read again when it changes. If unset, "
        "no key is needed.",
    )
    admin_keys_file: Path | None = Field(
        None, description="File of keys for `/admin/…`. If unset, nobody has access to it."
    )
    cors_origins: str = Field(
        "",
        description="Origins whose pages may use the API, separated by spaces, or `*`. If unset, "
        "only the page of the service itself.",
        json_schema_extra={"default_text": "unset"},
    )
    shutdown_seconds: int = Field(
        10,
        ge=0,
        description="Time for accepted requests to finish after SIGTERM; those that take "
        "longer are interrupted and get a 503.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level of log lines. `info` includes one line per request."
    )
    log_texts: bool = Field(
        False, description="Log every text. Texts may be private: use it only for debugging."
    )
    telemetry: bool = Field(
        False,
        description="Send an OpenTelemetry span of each request, configured by the variables "
        "`OTEL_…`. Needs the extra `telemetry`.",
    )

    @property
    def inference_threads(self) -> int:
        """Number of inference threads in each process."""
        return self.concurrency or max(1, usable_cores() // self.workers)


def unknown_settings() -> list[str]:
    """Return the environment variables that have the prefix but are not settings."""
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(ENV_PREFIX) and name not in known)
