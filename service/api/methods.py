"""Registers one handler for GET, with the request as a URL, and for POST, with it as a body."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Query, Request

from gatewise.service.api.inference import Inference, InferenceDependency
from gatewise.service.api.schemas.common import RequestModel
from gatewise.service.http.fields import Source, refuse_repeated_parameters
from gatewise.service.http.problems import inference_responses

QueryModel = TypeVar("QueryModel", bound=RequestModel)
BodyModel = TypeVar("BodyModel", bound=RequestModel)
Result = TypeVar("Result")
Handler = Callable[[Inference, QueryModel | BodyModel, Source], Awaitable[Result]]

Responses = dict[int | str, dict[str, Any]]


def get_and_post(
    router: APIRouter,
    path: str,
    *,
    query: type[QueryModel],
    body: type[BodyModel],
    examples: dict[str, Any],
    body_description: str,
    responses: Responses | None = None,
    **documentation: Any,
) -> Callable[[Handler[QueryModel, BodyModel, Result]], Handler[QueryModel, BodyModel, Result]]:
    """Return a decorator that registers a handler for GET and for POST.

    The handler is called with the model, the request, and where the request came from. Its
    docstring is the description of GET. The model is the one that the request selects by its
    `model` or, without it, by its `text`.

    Args:
        router: Where to register it. Its routes must be of class `JSONRoute`.
        path: The path of both routes.
        query: The request as a URL.
        body: The request as a body.
        examples: Examples of bodies for the documentation.
        body_description: The description of POST.
        responses: Responses for the documentation, besides those of every inference.
        **documentation: Further arguments of both routes, such as `summary`.
    """

    def register(
        handler: Handler[QueryModel, BodyModel, Result],
    ) -> Handler[QueryModel, BodyModel, Result]:
        async def by_url(inference: InferenceDependency, request: Request, query: Any) -> Any:
            refuse_repeated_parameters(request)
            inference.select(query.model, source="query", text=query.text)
            return await handler(inference, query, "query")

        async def by_body(inference: InferenceDependency, body: Any) -> Any:
            inference.select(body.model, source="body", text=body.text)
            return await handler(inference, body, "body")

        # FastAPI reads the types of parameters from here; an annotation cannot name a variable.
        by_url.__annotations__["query"] = Annotated[query, Query()]
        by_body.__annotations__["body"] = Annotated[body, Body(openapi_examples=examples)]
        name = handler.__name__
        router.add_api_route(
            path,
            by_url,
            methods=["GET"],
            name=f"{name}_by_url",
            description=inspect.getdoc(handler),
            responses=inference_responses() | (responses or {}),
            **documentation,
        )
        router.add_api_route(
            path,
            by_body,
            methods=["POST"],
            name=f"{name}_by_body",
            description=body_description,
            responses=inference_responses(413, 415) | (responses or {}),
            **documentation,
        )
        return handler

    return register
