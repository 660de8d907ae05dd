"""Every setting of the service: an environment variable `GATEWISE_…` with a default."""

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gatewise.models.gru.precision import Precision

ENV_PREFIX = "GATEWISE_"

_PERCENT = 100
# What is in front of `=` is an id only if it has no slash, which paths and Hub ids have.
_MODEL_ENTRY = re.compile(r"(?:(?P<id>[A-Za-z0-9._-]+)=)?(?P<location>.+)")
_TRAFFIC_ENTRY = re.compile(r"(?P<model>.+)=(?P<percent>[0-9]+(\.[0-9]+)?)")


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class ModelSource:
    """Where a model is.

    Attributes:
        id: What selects it in a request; None for its name.
        location: A directory, the name of a release or a Hub id; None for the default release.
    """

    id: str | None
    location: str | None


def _invalid(reason: str) -> PydanticCustomError:
    return PydanticCustomError("invalid_setting", "{reason}", {"reason": reason})


def _read_models(value: str) -> list[ModelSource]:
    """Parse `runs/mine,new=imdb-gru-256`."""
    sources = []
    for entry in map(str.strip, value.split(",")):
        found = _MODEL_ENTRY.fullmatch(entry)
        if found is None:
            raise _invalid("Must be models separated by commas, such as imdb-gru-512,new=runs/mine")
        sources.append(ModelSource(found["id"], found["location"]))
    return sources


def _read_traffic(value: str) -> dict[str, float]:
    """Parse `old=90,new=10`."""
    shares: dict[str, float] = {}
    for entry in map(str.strip, value.split(",")):
        found = _TRAFFIC_ENTRY.fullmatch(entry)
        if found is None or found["model"] in shares:
            raise _invalid("Must be a share in percent for each model, such as old=90,new=10")
        shares[found["model"]] = float(found["percent"])
    if not math.isclose(sum(shares.values()), _PERCENT):
        raise _invalid(f"The shares must sum to 100, not {sum(shares.values()):g}")
    return shares


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
    models: str | None = Field(
        None,
        description="Several models to serve, separated by commas, instead of `GATEWISE_MODEL`: "
        "each a value of that setting, or `id=value` for another id than the name of the model. "
        "`model` in a request selects one by its id; the first is the default.",
    )
    traffic: str | None = Field(
        None,
        description="Shares of the models in requests that name none, in percent, such as "
        "`old=90,new=10`. The text decides, so that the same text always goes to the same model. "
        "By default, the first model has all.",
    )
    shadow: str | None = Field(
        None,
        description="Id of a model that also classifies the texts of `/predict`, after the "
        "response and while no request waits; `/metrics` counts how often it agrees.",
    )
    precision: Precision | None = Field(
        None,
        description="Arithmetic of the recurrence: `int8` for models stored in 8 bits (their "
        "default); `int8x8`, which also rounds states to 8 bits, and takes less time for several "
        "texts; `bfloat16`; or `float32`, which rounds no state. `/info` states which is used.",
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
    max_sweep_tokens: int = Field(
        5_000,
        ge=1,
        description="Tokens in a text of `/explain/sweep`, whose response has a number for each "
        "token and value.",
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

    @field_validator("models")
    @classmethod
    def _check_models(cls, models: str | None, info: ValidationInfo) -> str | None:
        if models and info.data.get("model") is not None:
            raise _invalid("Cannot be combined with the setting of a single model")
        if models:
            _read_models(models)
        return models

    @field_validator("traffic")
    @classmethod
    def _check_traffic(cls, traffic: str | None) -> str | None:
        if traffic:
            _read_traffic(traffic)
        return traffic

    @property
    def model_sources(self) -> list[ModelSource]:
        """The models to serve; the first is the default."""
        return _read_models(self.models) if self.models else [ModelSource(None, self.model)]

    @property
    def traffic_shares(self) -> dict[str, float]:
        """Share of each model in percent; empty if it is not set."""
        return _read_traffic(self.traffic) if self.traffic else {}

    @property
    def inference_threads(self) -> int:
        """Number of inference threads in each process."""
        return self.concurrency or max(1, usable_cores() // self.workers)


def unknown_settings() -> list[str]:
    """Return the environment variables that have the prefix but are not settings."""
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(ENV_PREFIX) and name not in known)
