"""What processes take, and which are below another one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.processes import below, is_alive, kill, measure_command, measure_commands

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
BUSY = "import time\nwhile time.process_time() < 0.8: pass"
# Two processes that both use the same 200 MB.
SHARED = """
import mmap, os, time
memory = mmap.mmap(-1, 200 * 2**20)
for _ in range(200):
    memory.write(bytes(2**20))
child = os.fork()
memory[::4096]
time.sleep(1.5)
if child:
    os.waitpid(child, 0)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"


def test_the_processor_time_of_a_command_has_that_of_the_processes_below_it() -> None:
    usage = measure_command([sys.executable, "-c", PARENT])
    assert usage.cpu_seconds > 0.6
    assert usage.driver_cpu_seconds < 0.4


def test_memory_that_processes_share_is_counted_once() -> None:
    usage = measure_command([sys.executable, "-c", SHARED])
    assert 200e6 < usage.peak_bytes < 300e6
    assert usage.driver_bytes > 200e6


def test_a_command_that_fails_raises() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure_command([sys.executable, "-c", "raise SystemExit(3)"])


def test_what_a_process_beside_a_command_took_before_is_not_counted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", f"{BUSY}\nprint('ready', flush=True)\ntime.sleep(60)"],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        usage = measure_commands([[sys.executable, "-c", ""]], beside=[process.pid])
        process.kill()
    assert usage.cpu_seconds < 0.6


def test_a_killed_process_is_no_longer_below_this_one() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert process.pid in below({os.getpid()})
    kill(process.pid)
    process.wait()
    assert not is_alive(process.pid)
    assert process.pid not in below({os.getpid()})
