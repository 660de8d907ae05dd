"""Compiled code is loaded from the cache exactly as long as none of its sources has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gatewise.models.gru.kernels import compilation

# Multiplies ones by ones, so that each sum is the number of columns; reports where `multiply` came
# from. Its own file is gru_loop.py, and the arithmetic in it is written by simd_matmul.py.
PROGRAM = """
import numpy as np
from gatewise.models.gru.kernels.gru_loop import multiply
from gatewise.models.gru.kernels.simd_matmul import LANES, PANEL_ROWS, PANELS_AT_ONCE
rows, depth = PANEL_ROWS * PANELS_AT_ONCE, 4
sums = np.empty((LANES, rows), np.float32)
states = np.ones((LANES, depth), np.float32)
multiply(np.ones(rows * depth, np.float32), np.zeros(rows, np.float32), states, depth, 1, sums)
print("cached" if multiply.stats.cache_hits else "compiled", sums[0, 0])
"""


def run(directory: Path) -> str:
    """Run the program with the copied package, and without what selects a cache elsewhere."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    environment |= {"PYTHONPATH": str(directory), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", PROGRAM]
    completed = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, check=True, text=True
    )
    return completed.stdout.strip()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kernels alone, already compiled."""
    directory = tmp_path_factory.mktemp("package")
    kernels = directory / "gatewise" / "models" / "gru" / "kernels"
    shutil.copytree(
        Path(compilation.__file__).parent, kernels, ignore=shutil.ignore_patterns("__pycache__")
    )
    for parent in list(kernels.parents)[:3]:
        (parent / "__init__.py").touch()
    assert run(directory) == "compiled 4.0"
    return directory


def test_an_unchanged_kernel_is_loaded_from_the_cache(package: Path) -> None:
    assert run(package) == "cached 4.0"


def test_a_change_of_another_source_file_recompiles_a_kernel(package: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(package, tmp_path / "changed", copy_function=shutil.copy2)
    source = changed / "gatewise" / "models" / "gru" / "kernels" / "simd_matmul.py"
    text = source.read_text()
    assert "[state, weight, total]" in text
    assert "fadd(total, " in text
    # 1 − 1 × total instead of total + 1 × 1
    text = text.replace("[state, weight, total]", "[state, weight, weight]")
    source.write_text(text.replace("fadd(total, ", "fadd(weight, "))
    assert run(changed) == "compiled 2.0"
