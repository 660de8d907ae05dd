"""A resumed run stores the same figures of its training as an uninterrupted one."""

from typing import Any

import pytest

from gatewise.models.weights import NetworkWeights
from gatewise.training.config import TrainingConfig
from gatewise.training.fitting.classifier_fit import ClassifierFit
from gatewise.training.pipeline import train
from tests.training.reviews import SMALL_LANGUAGE_MODEL, reviews_with_unlabelled, small_config

pytestmark = pytest.mark.slow

OPTIONS = {
    "language_model": SMALL_LANGUAGE_MODEL,
    "teacher": {"epochs": 2},
    "teachers": ("nb_svm", "gru", "backward_gru"),
    "teaching_rounds": 2,
}
FITS = {
    "language model forward",
    "language model backward",
    "gru",
    "backward_gru",
    "gru round 2",
    "backward_gru round 2",
    "fit",
}


class Interruption(BaseException):
    """Interrupts a run, as a signal would."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    source = reviews_with_unlabelled(tmp_path_factory.mktemp("data") / "films.csv")
    return small_config(source, **OPTIONS)


@pytest.fixture(scope="module")
def whole(config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return train(config, tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture(scope="module")
def resumed(config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Interrupt a run when all teachers are trained, and resume it."""
    directory = tmp_path_factory.mktemp("resumed") / "run"
    run = ClassifierFit.run

    def interrupted(fit: ClassifierFit) -> NetworkWeights:
        if fit._name == "fit":
            raise Interruption
        return run(fit)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClassifierFit, "run", interrupted)
        with pytest.raises(Interruption):
            train(config, directory)
    return train(config, directory, resume=True)


def without_times(metrics: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the history without times, which differ between any two runs."""
    return {
        fit: [{key: value for key, value in record.items() if key != "seconds"} for record in log]
        for fit, log in metrics["history"].items()
    }


def test_a_resumed_run_has_the_same_history(whole: dict[str, Any], resumed: dict[str, Any]) -> None:
    assert without_times(resumed) == without_times(whole)


def test_a_resumed_run_has_its_history_in_the_same_order(
    whole: dict[str, Any], resumed: dict[str, Any]
) -> None:
    assert list(resumed["history"]) == list(whole["history"])


def test_a_resumed_run_has_the_seconds_of_the_same_stages(
    whole: dict[str, Any], resumed: dict[str, Any]
) -> None:
    assert resumed["seconds"].keys() == whole["seconds"].keys()


def test_every_fit_is_in_the_history(resumed: dict[str, Any]) -> None:
    assert resumed["history"].keys() == {*FITS, "teachers"}


@pytest.mark.parametrize("name", ["whole", "resumed"])
def test_the_seconds_of_a_fit_are_those_of_its_steps(
    name: str, request: pytest.FixtureRequest
) -> None:
    metrics = request.getfixturevalue(name)
    of_steps = {fit: metrics["history"][fit][-1]["seconds"] for fit in FITS}
    assert {fit: metrics["seconds"][fit] for fit in FITS} == of_steps
