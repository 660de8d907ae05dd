"""The modules that serving imports: all it needs before the first request, none for training."""

import subprocess
import sys

import pytest

# Numba imports SciPy if it is installed. Here it is hidden, since serving does not need it.
START = """
import sys
sys.modules["scipy"] = None
from gatewise.service.app import create_app
from gatewise.service.settings import Settings

app = create_app(Settings())
app.state.model_host.default.predictor.warm_up()
print(*(name for name, module in sys.modules.items() if module))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The names of all modules that are loaded after the warm-up."""
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
def test_serving_does_not_import(loaded: set[str], package: str) -> None:
    assert "gatewise.service.app" in loaded
    assert package not in loaded


def test_the_warm_up_loads_what_recognizes_languages(loaded: set[str]) -> None:
    assert "py3langid.langid" in loaded
