"""Responses of the endpoints for operators: /health, /ready, /info, /examples and /admin."""

from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from gatewise.models.gru.precision import Precision
from gatewise.service.api.schemas.common import Convention, Label, RequestModel
from gatewise.service.engine.served_model import ModelName


class Limits(BaseModel):
    """The limits of one request. Larger requests are refused, never truncated."""

    max_tokens: int = Field(description="Tokens in one text.")
    max_texts: int = Field(description="Texts in one request.")
    max_body_bytes: int = Field(description="Bytes in a body.")
    max_url_bytes: int = Field(description="Bytes in a URL.")
    max_unit_values: int = Field(description="Numbers in the unit arrays of one explanation.")
    max_faithfulness_tokens: int = Field(description="Tokens in a text with `faithfulness`.")
    max_gate_effect_tokens: int = Field(description="Tokens in a text with `gate_effects`.")
    max_sweep_tokens: int = Field(description="Tokens in a text of `/explain/sweep`.")
    max_sweep_values: int = Field(description="Values in one sweep.")
    max_interventions: int = Field(description="Interventions in one request.")


class Sizes(BaseModel):
    """The sizes of the network."""

    vocabulary: int
    embedding: int
    hidden: int


class Defaults(BaseModel):
    """The defaults of an explanation."""

    convention: Convention
    top_units: int


class ServedModelInfo(BaseModel):
    """One of the models that are served."""

    model: ModelName
    sizes: Sizes
    precision: Precision = Field(
        description="Arithmetic of the recurrence, of which all numbers are. `int8` rounds states "
        "to multiples of 2⁻¹⁴ in the product with the weights."
    )
    metrics: dict[str, JsonValue] = Field(
        description="Metrics on validation reviews, measured when the model was exported."
    )


class SharedModelInfo(ServedModelInfo):
    """One of the models that are served, and its part in the traffic."""

    traffic: float = Field(
        ge=0, le=100, description="Percent of the texts it serves of requests that name no model."
    )
    shadow: bool = Field(
        description="Whether it classifies copies of the texts of `/predict`, to be compared."
    )


class InfoResponse(ServedModelInfo):
    """The default model, all models that are served, and the limits of requests."""

    models: list[SharedModelInfo] = Field(
        description="All models, the default one first. The `id` of each selects it in `model` of "
        "a request."
    )
    labels: list[Label]
    limits: Limits
    conventions: list[Convention]
    defaults: Defaults


class ReloadQuery(RequestModel):
    """Which model to load again."""

    model: str | None = Field(
        None, description="Id of the model, as listed by `/info`. By default the first one."
    )


class StatusResponse(BaseModel):
    """The state of the service."""

    status: Literal["ok", "ready"]


class ExampleResponse(BaseModel):
    """An example review."""

    title: str
    text: str


class ReloadResponse(BaseModel):
    """The model after a reload, and the model before it."""

    model: ModelName
    previous: ModelName = Field(description="The model that was served before.")
