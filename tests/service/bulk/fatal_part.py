"""An engine with a part that kills whatever scores it."""

import os
from collections.abc import Iterator
from typing import Any

from gatewise.service.bulk.engines.engine import Engine, PartDone, PartLeftOut
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.parts import Part


class Fatal:
    """An object that ends the process which unpickles it."""

    def __reduce__(self) -> Any:
        return os._exit, (9,)


class EngineWithFatalPart:
    """An engine whose second part kills its workers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        return self._engine.run(job, map(self._changed, parts))

    @staticmethod
    def _changed(part: Part) -> Part:
        if part.index == 1:
            part.kept[0] = (Fatal(),)
        return part
