"""The stages of a run: named in the log, and how long each of them took."""

import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from training.whole_files import write_json

log = logging.getLogger(__name__)


class StageTimer:
    """Seconds by stage, kept in a file, so that they are known over all starts of a run."""

    def __init__(self, path: Path, *, repeated: Collection[str] = ()) -> None:
        """Go on with the seconds in the file `path`, if it is there.

        Stages in `repeated` are begun anew at every start: only the last time counts.
        """
        self._path, self._repeated = path, repeated
        self._seconds: dict[str, float] = {}
        if path.is_file():
            self._seconds = json.loads(path.read_text(encoding="utf-8"))

    @property
    def seconds(self) -> dict[str, float]:
        """Time by stage, in the order in which they were begun first."""
        return dict(self._seconds)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Name the stage in the log and count its seconds, also of one that is broken off."""
        log.info("stage: %s", name)
        earlier = 0.0 if name in self._repeated else self._seconds.get(name, 0.0)
        started = time.monotonic()
        try:
            yield
        finally:
            self.put({name: earlier + time.monotonic() - started})

    def put(self, seconds: Mapping[str, float]) -> None:
        """Replace the seconds of some stages by what is known better."""
        self._seconds |= seconds
        write_json(self._seconds, self._path)
