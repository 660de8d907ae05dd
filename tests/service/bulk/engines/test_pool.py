"""The pool of processes of one machine."""

from collections.abc import Iterator
from pathlib import Path

from gatewise.service.bulk.engines.engine import PartDone, PartLeftOut
from gatewise.service.bulk.engines.pool import LocalPool
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.parts import Part
from tests.service.bulk.files import run


class PoolThatCounts:
    """A pool of one process.

    Attributes:
        read: How many parts had been read at each outcome.
    """

    def __init__(self) -> None:
        self.read: list[int] = []
        self._count = 0

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        for outcome in LocalPool(1).run(job, self._counted(parts)):
            self.read.append(self._count)
            yield outcome

    def _counted(self, parts: Iterator[Part]) -> Iterator[Part]:
        for part in parts:
            self._count += 1
            yield part


def test_one_part_is_read_while_the_worker_is_busy_and_no_more(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    pool = PoolThatCounts()
    run(reviews, tmp_path / "out", model, engine=pool, part_rows=75)
    assert pool.read == [2, 3, 4, 4]
