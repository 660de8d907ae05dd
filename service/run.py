"""Starts the service in this process, or in several."""

import gc
import logging
import socket
import sys
from contextlib import suppress

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gatewise.models.errors import ArtifactError
from gatewise.service.app import MissingExtraError, create_app
from gatewise.service.engine.errors import ServedModelsError
from gatewise.service.http.logs import configure_logging
from gatewise.service.http.server import build_server, freeze_startup_objects
from gatewise.service.processes import serve_in_processes
from gatewise.service.settings import ENV_PREFIX, Settings, unknown_settings

logger = logging.getLogger("gatewise")


def serve(**overrides: object) -> None:
    """Serve until SIGTERM or SIGINT.

    Settings come from the environment variables `GATEWISE_…`.

    Args:
        **overrides: Fields of `Settings` that take precedence over the environment. None leaves a
            field to the environment.

    Raises:
        SystemExit: The service cannot be started; its message is one line for each reason.
    """
    settings = _read_settings({k: v for k, v in overrides.items() if v is not None})
    _check_address(settings.host, settings.port)
    try:
        app = create_app(settings)
    except (ArtifactError, MissingExtraError, ServedModelsError) as error:
        sys.exit(f"Cannot serve: {error}")
    except OSError as error:
        sys.exit(f"Cannot serve: {error.filename}: {error.strerror}.")
    configure_logging(settings.log_level)
    for name in unknown_settings():
        logger.warning("unknown setting", extra={"fields": {"variable": name}})
    with suppress(KeyboardInterrupt):  # raised by uvicorn after it has stopped on Ctrl-C
        if settings.workers > 1:
            del app  # it only checked the settings; each process creates its own
            gc.enable()
            serve_in_processes(settings)
        else:
            freeze_startup_objects()
            build_server(app, settings).run()


def _read_settings(overrides: dict[str, object]) -> Settings:
    try:
        return Settings.model_validate(overrides)
    except ValidationError as error:
        sys.exit("\n".join(_message(entry, overrides) for entry in error.errors()))


def _message(error: ErrorDetails, overrides: dict[str, object]) -> str:
    """Name a setting as the user wrote it: as an option, or as an environment variable."""
    name = str(error["loc"][0])
    written = f"--{name.replace('_', '-')}" if name in overrides else ENV_PREFIX + name.upper()
    return f"Cannot serve: {written}: {error['msg']}."


def _check_address(host: str, port: int) -> None:
    """Check that the address is free before the model is loaded, which takes longer."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        sys.exit(
            f"Cannot serve on {host}, port {port}: {error.strerror}. "
            f"Choose others by --host and --port, or {ENV_PREFIX}HOST and {ENV_PREFIX}PORT."
        )
