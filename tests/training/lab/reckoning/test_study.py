"""The study: what it trains, what it keeps, and what its command writes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gatewise.training.lab.reckoning.__main__ import main
from gatewise.training.lab.reckoning.gates import gate_figures
from gatewise.training.lab.reckoning.study import FAST, NETS, Study
from gatewise.training.lab.reckoning.training import Training, train

SMALL = Training("fixes anywhere", "GRU", 4, 300, 1e-2, seeds=2)


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
def test_the_command_writes_the_figures_and_a_second_start_trains_nothing(tmp_path: Path) -> None:
    for name in ("first.json", "second.json"):
        main(out=tmp_path / "study", fast=True, json=tmp_path / name)
    written = sorted((tmp_path / "study").iterdir(), key=lambda path: path.stat().st_mtime)
    first, second = (json.loads((tmp_path / n).read_text()) for n in ("first.json", "second.json"))
    assert first["figures"] == second["figures"]
    assert written[-1].stat().st_mtime < (tmp_path / "first.json").stat().st_mtime
    assert set(first["figures"]["by_width"]["2"]) == set(NETS)


@pytest.mark.slow
def test_a_stored_training_is_not_repeated(tmp_path: Path) -> None:
    figures = Study(FAST, tmp_path).run()
    for path in tmp_path.glob("*GRU-2-6-*.json"):
        stored = json.loads(path.read_text())
        if "errors" in stored:
            path.write_text(json.dumps(stored | {"errors": [1.0, 1.0]}))
    assert Study(FAST, tmp_path).run()["by_width"]["2"]["GRU"]["mean"] == 1.0
    assert figures["by_width"]["2"]["GRU"]["mean"] != 1.0
