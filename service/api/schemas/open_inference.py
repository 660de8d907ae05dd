"""Requests and responses of /v2, as the Open Inference Protocol defines them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gatewise.service.api.schemas.common import Natural, RequestBody

Datatype = Literal["BYTES", "FP64", "BOOL"]
_Parameters = Annotated[
    dict[str, Any] | None,
    Field(description="Parameters of extensions. None is supported, so they have no effect."),
]


class ServerMetadata(BaseModel):
    """The server."""

    name: str
    version: str
    extensions: list[str] = Field(description="Extensions of the protocol; there is none.")


class ServerLive(BaseModel):
    """Whether the process is alive."""

    live: bool = Field(description="Always true.")


class ServerReady(BaseModel):
    """Whether all models can be used."""

    ready: bool = Field(description="Always true; otherwise the status is 503.")


class ModelReady(BaseModel):
    """Whether a model can be used."""

    name: str
    ready: bool = Field(description="Always true; otherwise the status is 503.")


class TensorMetadata(BaseModel):
    """A tensor that a model takes or returns."""

    name: str
    datatype: Datatype = Field(description="Type of its elements; BYTES is text in UTF-8.")
    shape: list[int] = Field(description="Its shape; −1 for any number of texts.")


class ModelMetadata(BaseModel):
    """A model and its tensors."""

    name: str
    versions: list[str] = Field(description="The version that is served.")
    platform: str = Field(description="What runs the model.")
    inputs: list[TensorMetadata] = Field(description="The tensors that it takes.")
    outputs: list[TensorMetadata] = Field(description="The tensors that it returns.")


class InputTensor(RequestBody):
    """The texts."""

    name: Literal["text"] = Field(description="Name of the input.")
    shape: list[Natural] = Field(
        min_length=1, max_length=2, description="`[N]` or `[N, 1]` for N texts."
    )
    datatype: Literal["BYTES"] = Field(description="Type of its elements.")
    parameters: _Parameters = None
    data: list[str] | list[Annotated[list[str], Field(min_length=1, max_length=1)]] = Field(
        min_length=1, description="The texts, flat or in the given shape."
    )

    @property
    def texts(self) -> list[str]:
        """The texts as a flat list."""
        return [text if isinstance(text, str) else text[0] for text in self.data]


class RequestedOutput(RequestBody):
    """A tensor to return."""

    name: Literal["label", "score", "probability_positive", "undecided", "coverage"] = Field(
        description="Name of the output."
    )
    parameters: _Parameters = None


class InferRequest(RequestBody):
    """Texts to classify."""

    id: str | None = Field(None, description="Returned in the response.")
    parameters: _Parameters = None
    inputs: list[InputTensor] = Field(
        min_length=1, max_length=1, description="One tensor, which has the texts."
    )
    outputs: list[RequestedOutput] | None = Field(
        None, description="Tensors to return. By default, all."
    )


class OutputTensor(BaseModel):
    """A tensor with one element for each text."""

    name: str
    shape: list[int] = Field(description="The shape of the input.")
    datatype: Datatype = Field(description="Type of its elements.")
    data: list[str] | list[float] | list[bool] = Field(description="Its elements, flat.")


class InferResponse(BaseModel):
    """The predictions."""

    model_name: str = Field(description="Id of the model.")
    model_version: str = Field(description="Its version.")
    id: str | None = Field(None, description="The `id` of the request, if it had one.")
    outputs: list[OutputTensor] = Field(description="The tensors that were requested.")


class InferenceError(BaseModel):
    """An error response of the protocol."""

    error: str = Field(description="What is wrong and what to do.")
