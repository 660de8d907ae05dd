"""What importing the package loads."""

import subprocess
import sys

import pytest

import gatewise.models


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys; print(*sys.modules)"
    completed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return set(completed.stdout.split())


@pytest.mark.parametrize(
    "module", ["gatewise.models", "gatewise.models.errors", "gatewise.models.artifact.location"]
)
def test_light_modules_load_without_numba_and_the_hub_client(module: str) -> None:
    assert not {"numba", "huggingface_hub"} & loaded_by(f"import {module}")


def test_a_predictor_loads_without_the_hub_client() -> None:
    loaded = loaded_by("from gatewise.models import Predictor")
    assert "numba" in loaded
    assert "huggingface_hub" not in loaded


def test_every_public_name_is_importable() -> None:
    assert all(getattr(gatewise.models, name) for name in gatewise.models.__all__)


def test_an_unknown_name_raises_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Predicter'"):
        gatewise.models.Predicter  # noqa: B018
