"""What a start brings into memory: serving needs nothing of training."""

import subprocess
import sys

import pytest

# Numba takes SciPy along where it finds it: here it finds none, and serving does without.
START = """
import sys
sys.modules["scipy"] = None
from service.app import create_app
from service.settings import Settings

app = create_app(Settings())
app.state.host.predictor.explain("A fine movie.")
print(*(name for name, module in sys.modules.items() if module))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Every module that a service has loaded when it has explained its first review."""
    command = [sys.executable, "-c", START]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return set(names)


@pytest.mark.parametrize(
    "package",
    [
        "training",
        "torch",
        "datasets",
        "pandas",
        "pyarrow",
        "sklearn",
        "scipy",
        "gensim",
        "opentelemetry.sdk",
    ],
)
def test_serving_does_not_load(loaded: set[str], package: str) -> None:
    assert "service.app" in loaded
    assert package not in loaded
