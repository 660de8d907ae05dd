"""The memory of a run does not grow with its input."""

from pathlib import Path

import pytest

from benchmarks.processes import Usage, measure_command
from benchmarks.score_runs import score_command, write_rows
from tests.service.bulk.files import texts

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def usage_of(directory: Path, model: Path, *, rows: int) -> Usage:
    source = directory / f"{rows}.csv"
    write_rows(source, texts(rows))
    command = score_command(source, directory / f"out-{rows}", model, 2)
    return measure_command([*command, "--part-rows", "500"])


@pytest.mark.slow
@needs_proc
def test_the_memory_of_40000_rows_is_that_of_8000(tmp_path: Path, model: Path) -> None:
    usage_of(tmp_path, model, rows=1000)  # compiles what is not compiled yet
    few, many = (usage_of(tmp_path, model, rows=rows) for rows in (8_000, 40_000))
    assert many.driver_bytes < few.driver_bytes + 15e6
    assert many.peak_bytes < few.peak_bytes + 60e6
