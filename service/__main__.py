"""Start the service: `python -m service [--host H] [--port N] [--model DIR]`."""

import argparse
import logging
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from pydantic import ValidationError

from models.errors import ArtifactError
from service.app import MissingExtraError, create_app
from service.logs import configure_logging
from service.processes import serve_in_processes
from service.server import build_server, spare_the_collector
from service.settings import ENV_PREFIX, Settings, unknown_settings

logger = logging.getLogger("gatewise")


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; exit with a message if that cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Serve the model over HTTP.",
        epilog=f"Each is also an environment variable, as are more: {ENV_PREFIX}HOST …",
    )
    for name in ("host", "port", "model"):
        parser.add_argument(f"--{name}", help=Settings.model_fields[name].description)
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        sys.exit("\n".join(_complaint(entry["loc"], entry["msg"]) for entry in error.errors()))
    _check_address(settings.host, settings.port)
    try:
        app = create_app(settings)
    except (ArtifactError, MissingExtraError) as error:
        sys.exit(f"Cannot serve: {error}")
    except OSError as error:
        sys.exit(f"Cannot serve: {error.filename}: {error.strerror}.")
    configure_logging(settings.log_level)
    for name in unknown_settings():
        logger.warning("no such setting", extra={"fields": {"variable": name}})
    with suppress(KeyboardInterrupt):  # Ctrl-C is how a person stops it; uvicorn has done so
        if settings.workers > 1:
            del app  # it has shown that the settings are sound; each process makes its own
            serve_in_processes(settings)
        else:
            spare_the_collector()
            build_server(app, settings).run()


def _check_address(host: str, port: int) -> None:
    """Find out now, not after the model has loaded, that nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        sys.exit(
            f"Cannot serve on {host}, port {port}: {error.strerror}. "
            f"Choose others by --host and --port, or {ENV_PREFIX}HOST and {ENV_PREFIX}PORT."
        )


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    return f"Cannot serve: {ENV_PREFIX}{str(location[0]).upper()}: {message}."


if __name__ == "__main__":
    main()
