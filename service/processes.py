"""Several processes behind one address: uvicorn starts them anew when they die; here is the rest.

They share the listening socket, the figures of /metrics, and a `Crew` that knows how many are up.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from models.errors import ArtifactError
from service.app import create_app
from service.crew import Crew
from service.logs import configure_logging
from service.metrics import SHARED_DIRECTORY
from service.server import server_config, spare_the_collector
from service.settings import ENV_PREFIX, Settings


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
    """Make the application of one process, from the environment alone."""
    settings = Settings()
    configure_logging(settings.log_level)
    crew = Crew(Path(os.environ[SHARED_DIRECTORY]), size=settings.workers)
    try:
        app = create_app(settings, crew=crew)
    except (ArtifactError, OSError):
        sys.exit(STARTUP_FAILURE)  # the parent, which has loaded the model itself, knew better
    spare_the_collector()
    return app


def _environment(settings: Settings) -> dict[str, str]:
    """Say the settings to processes that cannot see our arguments."""
    return {
        f"{ENV_PREFIX}{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude_unset=True).items()
        if value is not None
    }
