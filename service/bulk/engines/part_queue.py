"""The parts of a run that wait for a worker: read as needed, tried again, or left out."""

from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice

from gatewise.service.bulk.engines.engine import MOST_ATTEMPTS, PartLeftOut
from gatewise.service.bulk.parts import Part


class PartQueue:
    """The parts that wait, and the error that ends the run, for an engine of any kind."""

    def __init__(self, parts: Iterator[Part]) -> None:
        """Store where the parts come from; none is read yet."""
        self._parts = parts
        self._waiting: deque[Part] = deque()
        self._attempts: Counter[int] = Counter()
        self._error: tuple[int, BaseException] | None = None  # with the number of its part

    def __len__(self) -> int:
        """Return the number of parts that wait."""
        return len(self._waiting)

    def fill(self, count: int) -> None:
        """Read parts until `count` wait, the input ends or a part has failed."""
        if self._error is None:
            self._waiting.extend(islice(self._parts, max(0, count - len(self._waiting))))

    def take(self) -> Part:
        """Remove and return the first part that waits."""
        return self._waiting.popleft()

    def try_again(self, part: Part) -> PartLeftOut | None:
        """Put a part back whose worker has died, or leave it out after several attempts."""
        self._attempts[part.index] += 1
        if self._attempts[part.index] >= MOST_ATTEMPTS:
            return PartLeftOut(part.index, len(part), part.place(0), part.place(len(part) - 1))
        if self.is_wanted(part):
            self._waiting.appendleft(part)
        return None

    def fail(self, part: Part, error: BaseException) -> None:
        """Keep the error of the first part that failed; only parts before it still matter."""
        if self.is_wanted(part):
            self._error = (part.index, error)
            self._waiting = deque(filter(self.is_wanted, self._waiting))

    def is_wanted(self, part: Part) -> bool:
        """Return whether no part before this one has failed."""
        return self._error is None or part.index < self._error[0]

    def raise_error(self) -> None:
        """Raise the error of the first part that failed, if one has."""
        if self._error:
            raise self._error[1]
