"""`gatewise serve`: the HTTP service."""

import gc
from typing import Annotated, Any

from cyclopts import Parameter

from gatewise.cli.options import OPTIONS, Model, OptionalCount

_LAST_PORT = 65_535


def _check_port(_type: Any, value: int | None) -> None:
    if value is not None and not 0 <= value <= _LAST_PORT:
        raise ValueError(f"must be from 0 to {_LAST_PORT}, got {value}")


def serve(
    *,
    host: Annotated[str | None, Parameter(group=OPTIONS)] = None,
    port: Annotated[int | None, Parameter(validator=_check_port, group=OPTIONS)] = None,
    model: Model = None,
    models: Annotated[str | None, Parameter(group=OPTIONS)] = None,
    workers: OptionalCount = None,
) -> None:
    """Serve a model over HTTP: the API and the page.

    Every option, and every other setting, is also an environment variable: GATEWISE_HOST,
    GATEWISE_MAX_TOKENS and so on. An option overrides its variable.

    Args:
        host: Address to listen on, 0.0.0.0 for all; by default 127.0.0.1.
        port: Port to listen on, 0 for any free one; by default 8000.
        model: Directory, release name or Hub id (user/name) of the model.
        models: Several models instead, separated by commas; id=MODEL names one.
        workers: Number of processes; by default 1.
    """
    # What is imported and loaded stays; to look for garbage in it would take a tenth of the start.
    # `freeze_startup_objects` enables the collection again.
    gc.disable()
    from gatewise.service.run import serve as run_service

    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "model": model,
        "models": models,
        "workers": workers,
    }
    run_service(**{name: value for name, value in options.items() if value is not None})
