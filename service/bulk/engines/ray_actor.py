"""A Ray actor: scores the parts that it is given, on whichever node Ray has started it."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.models.errors import GatewiseError
from gatewise.service.bulk.engines.node_directory import NodeDirectory
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.part_scorer import PartScorer
from gatewise.service.bulk.parts import Part


@dataclass(frozen=True)
class Launch:
    """What an actor has to know about the run.

    Attributes:
        run: A random name of the run.
        job: The run. The directory of its model need not exist on the node of an actor.
        version: The version of gatewise of the driver.
        token: A file that the driver has written below the output.
    """

    run: str
    job: Job
    version: str
    token: Path


class PartActor:
    """A loaded model in a process of a Ray cluster; an actor has one thread.

    Errors that the user can do something about are returned instead of raised, because Ray adds
    its traces to what is raised. Any other exception of a part counts like the death of the actor.
    """

    def __init__(self, launch: Launch, model: Mapping[str, np.ndarray]) -> None:
        """Store the arguments; `load` does the rest.

        Args:
            launch: The run.
            model: The files of the model by name. Ray's object store has them once a node.
        """
        self._launch, self._model = launch, model
        self._node: NodeDirectory | None = None
        self._scorer: PartScorer | None = None

    def load(self) -> BaseException | None:
        """Check that the node suits the run, and load the model.

        All actors of a node share one memory-mapped copy of the weights.

        Returns:
            None, or the error.
        """
        try:
            self._check()
            self._node = NodeDirectory(self._launch.run)
            directory = self._node.path
            job = replace(self._launch.job, model=_model_in(directory, self._model))
            self._model = {}
            self._scorer = PartScorer(job, share_in=directory)
        except (GatewiseError, OSError) as error:
            return error
        return None

    def score(self, part: Part) -> int | BaseException:
        """Score a part, and write its file.

        Returns:
            The number of its rows that have an error, or an error that ends the run.
        """
        if self._scorer is None:
            raise RuntimeError("load() comes first")
        try:
            return self._scorer.score_part(part)
        except (GatewiseError, OSError) as error:
            return error

    def close(self) -> None:
        """Delete the files of the run on this node, if no other actor has them."""
        if self._node:
            self._node.close()

    def _check(self) -> None:
        """Check that this node has the version of the driver, and sees its output.

        Raises:
            GatewiseError: It does not.
        """
        launch, here = self._launch, f"The Ray node {socket.gethostname()}"
        if (found := version("gatewise")) != launch.version:
            raise GatewiseError(
                f"{here} has gatewise {found}, the driver {launch.version}. Install the same "
                "version on all nodes."
            )
        if not launch.token.exists():
            raise GatewiseError(
                f"{here} does not see {launch.job.out}. With --engine ray, --out must be on "
                "storage that all nodes have at the same path, such as NFS."
            )


def files_of_model(directory: Path) -> dict[str, np.ndarray]:
    """Read the files of a model. As arrays they stay in Ray's shared memory, without a copy."""
    return {
        path.name: np.frombuffer(path.read_bytes(), np.uint8)
        for path in sorted(directory.iterdir())
        if path.is_file()
    }


def _model_in(directory: Path, files: Mapping[str, Any]) -> Path:
    """Write a model into a directory, unless another process has; it appears whole."""
    target = directory / "model"
    if not target.exists():
        own = directory / f"model-{os.getpid()}"
        own.mkdir(exist_ok=True)
        for name, content in files.items():
            (own / name).write_bytes(content.data)
        with suppress(OSError):  # another process was faster
            own.rename(target)
    return target
