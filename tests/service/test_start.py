"""The modules that serving imports: all it needs before the first request, none for training."""

import subprocess
import sys

import pytest

# Numba imports SciPy if it is installed. Here it is hidden, since serving does not need it.
START = """
import sys
DICTIONARIES = "py3langid.langid", "ftfy", "confusable_homoglyphs"
sys.modules["scipy"] = None
from gatewise.service.app import create_app
from gatewise.service.settings import Settings

app = create_app(Settings())
predictor = app.state.model_host.default.predictor
predictor.warm_up()
print(*({*DICTIONARIES} & {*sys.modules}))
predictor.load_dictionaries()
print(*(name for name, module in sys.modules.items() if module))
"""


@pytest.fixture(scope="module")
def output() -> list[str]:
    """The output of the program, line by line."""
    command = [sys.executable, "-c", START]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def loaded(output: list[str]) -> set[str]:
    """The names of all modules that are loaded when everything is."""
    return set(output[1].split())


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


def test_the_warm_up_does_not_load_what_only_unusual_texts_need(output: list[str]) -> None:
    assert not output[0]


@pytest.mark.parametrize("module", ["py3langid.langid", "ftfy", "confusable_homoglyphs"])
def test_what_unusual_texts_need_is_loaded_with_the_dictionaries(
    loaded: set[str], module: str
) -> None:
    assert module in loaded
