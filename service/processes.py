"""Several worker processes behind one address. uvicorn starts them, and restarts dead ones.

They share the listening socket, the values of /metrics and a `WorkerGroup`.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gatewise.models.errors import ArtifactError
from gatewise.service.app import create_app
from gatewise.service.engine.metrics import SHARED_DIRECTORY
from gatewise.service.engine.worker_group import WorkerGroup
from gatewise.service.http.logs import configure_logging
from gatewise.service.http.server import freeze_startup_objects, server_config
from gatewise.service.settings import ENV_PREFIX, Settings


def serve_in_processes(settings: Settings) -> None:
    """Serve with `settings.workers` processes until SIGTERM or SIGINT."""
    os.environ.update(_environment(settings))
    shared = tempfile.mkdtemp(prefix="gatewise-")
    os.environ[SHARED_DIRECTORY] = shared
    config = server_config(f"{__name__}:create_worker", settings)
    socket = config.bind_socket()
    try:
        Multiprocess(config, sockets=[socket]).run()
    finally:
        socket.close()
        shutil.rmtree(shared, ignore_errors=True)


def create_worker() -> FastAPI:
    """Create the application of one worker process, from its environment."""
    settings = Settings()
    configure_logging(settings.log_level)
    group = WorkerGroup(Path(os.environ[SHARED_DIRECTORY]), size=settings.workers)
    try:
        app = create_app(settings, group=group)
    except (ArtifactError, OSError):
        # The parent process has loaded the same model, so this is not an error of the settings.
        sys.exit(STARTUP_FAILURE)
    freeze_startup_objects()
    return app


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings as environment variables, which worker processes inherit."""
    return {
        f"{ENV_PREFIX}{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude_unset=True).items()
        if value is not None
    }
