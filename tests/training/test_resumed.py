"""A run that was killed and resumed tells of its training what one tells that was not."""

from typing import Any

import pytest

from models.weights import NetworkWeights
from tests.training.reviews import reviews_with_unlabelled
from training.config import TrainingConfig
from training.fit import Fit
from training.pipeline import Run

OPTIONS = {
    "snippets": False,
    "min_frequency": 2,
    "embedding_size": 4,
    "hidden_size": 6,
    "epochs": 1,
    "threads": 1,
    "validation_fraction": 0.2,
    "language_model": {"epochs": 1, "rows": 4, "steps": 20},
    "teacher": {"epochs": 2},
    "teachers": ("nb_svm", "gru", "backward_gru"),
    "teaching_rounds": 2,
}
LOOPS = {
    "language model forward",
    "language model backward",
    "gru",
    "backward_gru",
    "gru round 2",
    "backward_gru round 2",
    "fit",
}


class Killed(BaseException):
    """What ends a run here."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    source = reviews_with_unlabelled(tmp_path_factory.mktemp("data") / "films.csv")
    return TrainingConfig.model_validate({**OPTIONS, "source": str(source)})


@pytest.fixture(scope="module")
def whole(config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return Run(config, tmp_path_factory.mktemp("whole") / "run", resume=False)()


@pytest.fixture(scope="module")
def resumed(config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Kill a run when all teachers have judged, and go on with it."""
    directory = tmp_path_factory.mktemp("resumed") / "run"
    run = Fit.run

    def killed(fit: Fit) -> NetworkWeights:
        if fit._name == "fit":
            raise Killed
        return run(fit)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fit, "run", killed)
        with pytest.raises(Killed):
            Run(config, directory, resume=False)()
    return Run(config, directory, resume=True)()


def test_a_resumed_run_has_the_same_history(whole: dict[str, Any], resumed: dict[str, Any]) -> None:
    assert untimed(resumed) == untimed(whole)


def test_a_resumed_run_tells_its_history_in_the_same_order(
    whole: dict[str, Any], resumed: dict[str, Any]
) -> None:
    assert list(resumed["history"]) == list(whole["history"])


def test_a_resumed_run_has_the_seconds_of_the_same_stages(
    whole: dict[str, Any], resumed: dict[str, Any]
) -> None:
    assert resumed["seconds"].keys() == whole["seconds"].keys()


def test_every_loop_is_in_the_history(resumed: dict[str, Any]) -> None:
    assert resumed["history"].keys() == {*LOOPS, "teachers"}


@pytest.mark.parametrize("name", ["whole", "resumed"])
def test_seconds_of_a_loop_are_those_of_its_steps(
    name: str, request: pytest.FixtureRequest
) -> None:
    metrics = request.getfixturevalue(name)
    of_steps = {loop: metrics["history"][loop][-1]["seconds"] for loop in LOOPS}
    assert {loop: metrics["seconds"][loop] for loop in LOOPS} == of_steps


def untimed(metrics: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Answer the history but for times, which no two runs have in common."""
    return {
        loop: [{key: value for key, value in record.items() if key != "seconds"} for record in log]
        for loop, log in metrics["history"].items()
    }
