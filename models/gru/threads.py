"""Threads that run a function on several items, and that also exist in a forked process.

A fork copies the memory of a process, but only the thread that called it: in the child, a
`ThreadPoolExecutor` that was used before has all its work items and none of its threads, and never
stops waiting. Every pool is therefore replaced by a new one in the child.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakSet

Item = TypeVar("Item")


class Threads:
    """A fixed number of threads, started when they are first needed.

    Attributes:
        count: Number of threads.
    """

    def __init__(self, count: int) -> None:
        """Prepare the threads; none is started yet.

        Args:
            count: Number of threads, at least 1.
        """
        self.count = count
        self._renew()
        _POOLS.add(self)

    def run(self, function: Callable[[Item], None], items: Sequence[Item]) -> None:
        """Call a function with every item and return when all calls have returned.

        A single item is processed by the calling thread.

        Args:
            function: The function. Its calls run at the same time.
            items: The items.

        Raises:
            Exception: What the first failing call raised.
        """
        if len(items) == 1:
            function(items[0])
        else:
            list(self._executor.map(function, items))

    def _renew(self) -> None:
        self._executor = ThreadPoolExecutor(self.count, thread_name_prefix="recurrence")


_POOLS: WeakSet[Threads] = WeakSet()


def _renew_all() -> None:
    """Give every pool new threads; the child of a fork has none."""
    for pool in list(_POOLS):
        pool._renew()


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_renew_all)
