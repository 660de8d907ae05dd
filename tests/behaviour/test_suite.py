"""The suite of short reviews: its size, its command, and how the releases do."""

from pathlib import Path

import pytest

from docs.tools.figures import Measurement, figures_of_release
from gatewise.models.predictor import Predictor
from tests.behaviour.suite import Case, Outcome, cases, main, run_suite, summary


@pytest.fixture(scope="module", params=["imdb-gru-512", "imdb-gru-256"])
def release(request: pytest.FixtureRequest) -> str:
    """The name of a release."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def outcomes(release: str) -> list[Outcome]:
    """The outcome of every case for a release."""
    return run_suite(Predictor.load(release))


def test_there_are_at_least_300_different_cases() -> None:
    assert len({case.text for case in cases()}) >= 300


def test_every_kind_has_positive_and_negative_cases() -> None:
    labels = {(case.kind, case.positive) for case in cases()}
    assert labels == {(kind, label) for kind, _ in labels for label in (True, False)}


def test_a_release_classifies_96_percent_correctly(outcomes: list[Outcome]) -> None:
    assert sum(outcome.right for outcome in outcomes) / len(outcomes) >= 0.96


def test_a_release_is_as_good_as_the_committed_figures(
    release: str, outcomes: list[Outcome]
) -> None:
    committed = figures_of_release("behaviour_suite", release)
    assert committed, "Measure it: python -m tests.behaviour.suite --json FILE"
    assert committed["of"] == len(outcomes)
    # Rounding differs between processors and may flip one review that is nearly undecided.
    assert abs(sum(outcome.right for outcome in outcomes) - committed["right"]) <= 1


def test_the_summary_counts_correct_cases_by_kind() -> None:
    outcomes = [
        Outcome(Case("one word", "Great", positive=True), right=True),
        Outcome(Case("one word", "Awful", positive=False), right=False),
        Outcome(Case("negation", "Not great", positive=False), right=True),
    ]
    assert summary(outcomes) == {
        "right": 2,
        "of": 3,
        "by_kind": {"one word": {"right": 1, "of": 2}, "negation": {"right": 1, "of": 1}},
    }


def test_the_command_prints_and_writes_the_same_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "suite.json"
    main(["--model", "imdb-gru-256", "--json", str(path)])
    (title,) = (measurement := Measurement.model_validate_json(path.read_text())).figures
    counts = measurement.figures[title]
    assert title in measurement.measured.models
    share = f"{counts['right'] / counts['of']:.1%}"
    assert f"| all | {counts['right']} | {counts['of']} | {share} |" in capsys.readouterr().out
