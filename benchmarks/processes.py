"""Processes of this machine by Linux's /proc: which are below another one, and what they take."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.05  # seconds between two looks at the processes
_SEARCH = 0.5  # seconds between two searches for new ones, which read all of /proc
_GROWTH = 1.01  # of the resident memory, after which the proportional memory is read again
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_KIB = 1024
_BUSY = slice(0, 3), slice(5, 8)  # of the times of all processors: without idle, and inside those


@dataclass(frozen=True)
class Usage:
    """What commands took that ran at the same time, with all processes below them.

    Attributes:
        seconds: Time until the last of them ended.
        cpu_seconds: Processor time.
        driver_cpu_seconds: Processor time of the process of the first command itself.
        other_cores: How many cores other processes of the machine took meanwhile.
        peak_bytes: Peak of the memory of all processes together, where memory that several of
            them share is counted once. It is read twice a second: a shorter peak may be missed.
        driver_bytes: Peak of the resident memory of the process of the first command itself.
    """

    seconds: float
    cpu_seconds: float
    driver_cpu_seconds: float
    other_cores: float
    peak_bytes: int
    driver_bytes: int


class Watch:
    """The processor time and the peak memory of processes, some of which may have ended.

    Attributes:
        peak: Peak of their proportional memory in bytes: what several processes share is divided
            among these.
        peaks: Peak of the resident memory of each process, in bytes.
        cpu: Processor time of each, in seconds since the watch began.
    """

    def __init__(self, roots: Collection[int]) -> None:
        """Begin to watch processes and all below them.

        Args:
            roots: The processes. What they have taken until now is not counted.
        """
        self.peak = 0
        self.peaks: dict[int, int] = {}
        self.cpu: dict[int, float] = {}
        self._roots = set(roots)
        self._known: set[int] = set()
        self._before: dict[int, float] = {}
        self._resident = 0.0
        self._searched = float("-inf")
        self.look()
        self._before = dict(self.cpu)
        self.cpu = dict.fromkeys(self.cpu, 0.0)

    def look(self) -> None:
        """Read what the processes have taken so far."""
        if time.monotonic() - self._searched >= _SEARCH:
            # What a killed process has started is no longer below it.
            self._known |= below(self._roots | self._known)
            self._searched = time.monotonic()
            self._look_at_memory()
        for process in self._roots | self._known:
            with suppress(OSError, ValueError, IndexError):  # it has ended
                self.peaks[process] = max(self.peaks.get(process, 0), _peak(process))
                self.cpu[process] = cpu_seconds(process) - self._before.get(process, 0.0)

    def _look_at_memory(self) -> None:
        """Read the proportional memory, which takes milliseconds, if the resident one has grown."""
        resident = self._sum(_resident)
        if resident > _GROWTH * self._resident:
            self._resident = resident
            self.peak = max(self.peak, self._sum(_proportional))

    def _sum(self, memory: Callable[[int], int]) -> int:
        total = 0
        for process in self._roots | self._known:
            with suppress(OSError, IndexError):  # it has ended
                total += memory(process)
        return total


def measure_commands(
    commands: Sequence[Sequence[str | Path]],
    *,
    beside: Collection[int] = (),
    during: Callable[[], None] = lambda: None,
) -> Usage:
    """Run commands at the same time, and watch them and the processes below them.

    Args:
        commands: The commands.
        beside: Processes that run already and work for the commands, as those of a cluster do.
        during: Called at each look.

    Raises:
        CalledProcessError: One of them fails.
    """
    started, busy = time.perf_counter(), _busy_seconds()
    processes = [
        subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)  # noqa: S603
        for command in commands
    ]
    try:
        cluster, watch = Watch(beside), Watch([process.pid for process in processes])
        while any(process.poll() is None for process in processes):
            watch.look()
            cluster.look()
            during()
            time.sleep(_PAUSE)
        seconds = time.perf_counter() - started
    finally:
        for process in processes:
            process.kill()
            process.wait()
    for process in processes:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
    cluster.look()
    cpu, driver = {**cluster.cpu, **watch.cpu}, processes[0].pid
    return Usage(
        seconds,
        sum(cpu.values()),
        cpu.get(driver, 0.0),
        max(0.0, _busy_seconds() - busy - sum(cpu.values())) / seconds,
        cluster.peak + watch.peak,
        watch.peaks.get(driver, 0),
    )


def measure_command(command: Sequence[str | Path]) -> Usage:
    """Run a command and watch it and the processes below it.

    Raises:
        CalledProcessError: It fails.
    """
    return measure_commands([command])


def below(processes: Collection[int]) -> set[int]:
    """Return the processes that some processes have started, those that these have, and so on."""
    parents, found, fresh = _parents(), set[int](), set(processes)
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def children(processes: Collection[int]) -> set[int]:
    """Return the processes that some processes have started."""
    return {child for child, parent in _parents().items() if parent in processes}


def workers_of(driver: int) -> set[int]:
    """Return the worker processes of a `gatewise score`, which its fork server has started."""
    return children(children({driver}))


def is_alive(process: int) -> bool:
    """Return whether a process runs; one that nobody has waited for does not."""
    with suppress(OSError):
        return _fields(process)[0] != "Z"
    return False


def kill(process: int) -> None:
    """Kill a process by SIGKILL, if it still exists."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def cpu_seconds(process: int) -> float:
    """Return the processor time that a process has taken."""
    user, system = _fields(process)[11:13]
    return (int(user) + int(system)) / _TICKS


def _parents() -> dict[int, int]:
    """Return the parent of every process."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            process = int(status.parent.name)
            parents[process] = int(_fields(process)[1])
    return parents


def _fields(process: int) -> list[str]:
    """Return the fields of /proc/…/stat after the name of the program."""
    return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _peak(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) * _KIB


def _resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1]) * _PAGE


def _proportional(process: int) -> int:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    return int(rollup.partition("\nPss:")[2].split()[0]) * _KIB


def _busy_seconds() -> float:
    """Return the processor time that all processes have taken, with what a host took away."""
    times = list(map(int, Path("/proc/stat").read_text(encoding="utf-8").split(maxsplit=9)[1:9]))
    return sum(sum(times[part]) for part in _BUSY) / _TICKS
