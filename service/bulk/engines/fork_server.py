"""How worker processes are started: by a server that has imported their modules.

It has no threads, so that a worker that it forks inherits no lock of the driver; a worker starts
quickly and shares the memory of the modules. This module imports none of them.
"""

import multiprocessing
import sys
from typing import Any

_PRELOADED = ["gatewise.service.bulk.engines.worker"]


def process_context() -> Any:
    """Return the context of `multiprocessing` that starts the workers."""
    if sys.platform == "win32":  # there is no fork
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def start_early() -> None:
    """Start the server, so that it imports the modules while the driver does, on another core."""
    process_context()
    if sys.platform != "win32":
        from multiprocessing import forkserver  # noqa: PLC0415  # there is none on Windows

        forkserver.ensure_running()
