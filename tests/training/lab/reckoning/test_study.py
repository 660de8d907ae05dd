"""The study: what it trains, and what it keeps."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gatewise.training.lab.reckoning.gates import gate_figures
from gatewise.training.lab.reckoning.study import FAST, NETS, Study
from gatewise.training.lab.reckoning.training import Training, train

SMALL = Training("fixes anywhere", "GRU", 4, 300, 1e-2, seeds=2)


@pytest.mark.slow
def test_training_lowers_the_error() -> None:
    before, after = (
        np.mean(train(replace(SMALL, batches=batches))[1]["errors"]) for batches in (1, 300)
    )
    assert after < 0.75 * before


def test_the_same_training_gives_the_same_nets() -> None:
    training = replace(SMALL, batches=5)
    nets, _ = train(training)
    again, _ = train(training)
    assert nets.weight_hh.equal(again.weight_hh)


def test_the_figures_of_gates_have_a_value_for_every_net() -> None:
    training = replace(SMALL, batches=3)
    figures = gate_figures(train(training)[0], training)
    assert {len(values) for values in figures.values()} == {2}
    assert figures["as_it_is"] != figures["reset_at_1"]


@pytest.mark.slow
def test_a_second_run_gives_the_same_figures_and_trains_nothing(tmp_path: Path) -> None:
    first = Study(FAST, tmp_path).run()
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert Study(FAST, tmp_path).run() == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written
    assert set(first["by_width"]["2"]) == set(NETS)


@pytest.mark.slow
def test_a_stored_training_is_not_repeated(tmp_path: Path) -> None:
    figures = Study(FAST, tmp_path).run()
    for path in tmp_path.glob("*GRU-2-6-*.json"):
        stored = json.loads(path.read_text())
        if "errors" in stored:
            path.write_text(json.dumps(stored | {"errors": [1.0, 1.0]}))
    assert Study(FAST, tmp_path).run()["by_width"]["2"]["GRU"]["mean"] == 1.0
    assert figures["by_width"]["2"]["GRU"]["mean"] != 1.0
