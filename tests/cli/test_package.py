"""`import gatewise` is quick, and has the public names."""

from importlib.metadata import version

import pytest

import gatewise
from gatewise.models.predictor import Predictor
from tests.cli.command import run_python


def test_public_names_are_those_of_the_models() -> None:
    assert gatewise.Predictor is Predictor
    assert set(gatewise.__all__) <= set(dir(gatewise))
    assert all(getattr(gatewise, name) for name in gatewise.__all__)


def test_the_version_is_that_of_the_distribution() -> None:
    assert gatewise.__version__ == version("gatewise")


@pytest.mark.parametrize("name", ["Predict", "predictor"])
def test_an_unknown_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
        getattr(gatewise, name)


def test_importing_the_package_imports_no_heavy_package() -> None:
    outcome = run_python("import sys, gatewise; print('numpy' in sys.modules)")
    assert outcome.output == "False\n"


def test_a_public_name_is_imported_on_first_use() -> None:
    outcome = run_python("from gatewise import Predictor, Intervention; print(Predictor.load)")
    assert (outcome.status, outcome.errors) == (0, "")
