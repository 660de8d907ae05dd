"""A worker process of the local pool: scores the parts that its driver sends, and ends with it."""

import os
import queue
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gatewise.models.errors import GatewiseError
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.part_scorer import PartScorer
from gatewise.service.bulk.parts import Part

# The first entry of a message to the driver.
READY, DONE, FAILED = "ready", "done", "failed"


def work(connection: Connection, job: Job, shared: Path) -> None:
    """Score parts until the driver closes the connection.

    An error that the user can do something about is sent to the driver, as is every error of
    loading the model. Any other error of a part ends the process, which the driver counts like a
    kill.

    Args:
        connection: The parts come from here, and the outcomes go there.
        job: The run.
        shared: Directory through which the workers share the weights.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver
    parts: queue.SimpleQueue[Part] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, parts), daemon=True).start()
    try:
        scorer = _load(job, shared)
        _send(connection, READY, None)
        while True:
            part = parts.get()
            _send(connection, DONE, scorer.score_part(part))
    except (GatewiseError, OSError) as error:
        _send(connection, FAILED, error)


def _load(job: Job, shared: Path) -> PartScorer:
    """Load the model, with weights of its own if they cannot be shared.

    Raises:
        GatewiseError: It cannot be loaded.
    """
    try:
        try:
            return PartScorer(job, share_in=shared)
        except GatewiseError:
            raise
        except OSError:  # the temporary directory is full, for example
            return PartScorer(job)
    except GatewiseError:
        raise
    except Exception as error:
        # Not sent as it is: not every exception can be pickled.
        raise GatewiseError(
            f"A worker process cannot load the model: {type(error).__name__}: {error}"
        ) from error


def _receive(connection: Connection, parts: "queue.SimpleQueue[Part]") -> None:
    """Pass parts on, and end the process at once when the driver is dead."""
    try:
        while True:
            parts.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)


def _send(connection: Connection, kind: str, value: Any) -> None:
    try:
        connection.send((kind, value))
    except OSError:  # the driver is dead
        os._exit(0)
