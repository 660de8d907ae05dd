"""Last passes at several strengths of the gate penalty begin with what one run has learned."""

import json
from pathlib import Path

import pytest

from models.predictor import Predictor
from tests.training.reviews import SMALL_RUN, write_reviews
from training.__main__ import main
from training.evaluate import cut_again
from training.saturation import measure_saturation

STRENGTHS = ["0", "30"]


def trained(directory: Path, *options: str) -> Path:
    """Train a small model, and say where."""
    source = write_reviews(directory / "films.csv", count=200)
    out = directory / "run"
    assert main(["run", f"--source={source}", f"--out={out}", *SMALL_RUN, *options]) == 0
    return out


@pytest.fixture(scope="module")
def curve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Measure two strengths through the command line."""
    directory = tmp_path_factory.mktemp("crisp")
    run = trained(directory, "--finish.epochs=3", "--finish.learning-rate=0.05")
    asked = [f"--strengths={strength}" for strength in STRENGTHS]
    out = directory / "curve"
    assert main(["crisp", f"--trained={run}", f"--out={out}", *asked]) == 0
    return out


def test_every_strength_has_its_figures(curve: Path) -> None:
    points = json.loads((curve / "crisp.json").read_text(encoding="utf-8"))
    assert [point["strength"] for point in points] == [0.0, 30.0]
    for point in points:
        predictor = Predictor.load(curve / point["directory"])
        counted = measure_saturation(predictor, cut_again(predictor, None).validation)
        assert point["gates"]["reset"] == counted.reset


def test_a_strong_penalty_makes_gates_crisper(curve: Path) -> None:
    free, pressed = json.loads((curve / "crisp.json").read_text(encoding="utf-8"))
    assert pressed["gates"]["update"] > free["gates"]["update"]


def test_what_comes_before_the_last_passes_is_learned_once(curve: Path) -> None:
    homes = {(curve / f"strength_{strength}" / "run" / "fit").resolve() for strength in STRENGTHS}
    assert homes == {curve.parent / "run" / "run" / "fit"}


def test_a_run_without_last_passes_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = trained(tmp_path)
    assert main(["crisp", f"--trained={run}", f"--out={tmp_path / 'curve'}"]) == 1
    assert "no last passes" in caplog.text


def test_a_directory_without_a_run_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["crisp", f"--trained={tmp_path}", f"--out={tmp_path / 'curve'}"]) == 1
    assert "no finished training run" in caplog.text
