"""The stages of a run: logged when they start, with the seconds that each of them took."""

import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gatewise.training.atomic_io import write_json

log = logging.getLogger(__name__)


class StageTimer:
    """Seconds by stage, stored in a file, so that they add up when a run is resumed."""

    def __init__(self, path: Path, *, repeated: Collection[str] = ()) -> None:
        """Read the seconds so far.

        Args:
            path: The JSON file with the seconds; it need not exist.
            repeated: Stages that every start of the run repeats; only their last time counts.
        """
        self._path, self._repeated = path, repeated
        self._seconds: dict[str, float] = {}
        if path.is_file():
            self._seconds = json.loads(path.read_text(encoding="utf-8"))

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by stage, in the order in which the stages were first started."""
        return dict(self._seconds)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time a stage, also if it is interrupted by an exception."""
        log.info("stage: %s", name)
        earlier = 0.0 if name in self._repeated else self._seconds.get(name, 0.0)
        started = time.monotonic()
        try:
            yield
        finally:
            self.put({name: earlier + time.monotonic() - started})

    def put(self, seconds: Mapping[str, float]) -> None:
        """Replace the seconds of some stages."""
        self._seconds |= seconds
        write_json(self._seconds, self._path)
