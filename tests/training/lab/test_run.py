"""The lab from end to end on a tiny corpus: its structure, not its findings."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from models.artifact import load_artifact
from models.errors import ResumeError
from models.predictor import releases
from tests.training.reviews import write_reviews
from training.__main__ import main
from training.lab.data import forget_held_out, prepare
from training.lab.experiments import CLAIMS, EXPERIMENTS
from training.lab.options import FAST, LabOptions
from training.lab.records import Outcome
from training.lab.run import Lab

TINY = {
    "reviews": 200,
    "validation_reviews": 60,
    "snippets": 200,
    "max_tokens": 16,
    "embedding_size": 4,
    "hidden_size": 4,
    "word_vector_epochs": 0,
    "synthetic_steps": 8,
    "synthetic_length": 8,
    "widths": (4,),
    "gradient_texts": 4,
    "story_texts": 4,
    "gate_texts": 2,
    "workers": 1,
}


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> LabOptions:
    source = write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=400, longest=500)
    return LabOptions.model_validate(FAST.model_dump() | TINY | {"source": str(source)})


@pytest.fixture(scope="module")
def root(options: LabOptions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run everything, once."""
    directory = tmp_path_factory.mktemp("lab")
    Lab(options, directory)(docs=directory / "docs")
    return directory


@pytest.fixture(scope="module")
def entries(root: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((root / "lab.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def outcomes(root: Path) -> list[Outcome]:
    return [
        Outcome.model_validate_json((root / "experiments" / f"{e.name}.json").read_bytes())
        for e in EXPERIMENTS
    ]


def test_every_claim_has_an_entry(entries: dict[str, dict[str, Any]]) -> None:
    assert list(entries) == list(CLAIMS) == [f"C{number}" for number in range(1, 17)]


@pytest.mark.parametrize("claim", CLAIMS)
def test_an_entry_is_whole(entries: dict[str, dict[str, Any]], claim: str) -> None:
    entry = entries[claim]
    assert entry.keys() == {"question", "answer", "figures", "supports", "rule", "command"}
    assert entry["question"].endswith("?")
    assert entry["figures"]
    assert entry["supports"] in {"yes", "no", "partly"}
    assert entry["command"].endswith(f"--only {claim}")


def test_what_follows_from_the_equations_is_found(entries: dict[str, dict[str, Any]]) -> None:
    for claim in ("C1", "C2", "C3", "C4", "C5", "C12", "C13", "C16"):
        assert entries[claim]["supports"] == "yes", entries[claim]["answer"]


def test_one_training_decides_nothing(entries: dict[str, dict[str, Any]]) -> None:
    for claim in ("C11", "C15"):
        assert entries[claim]["supports"] == "partly"


def test_every_experiment_answers_its_claims_with_a_plot_and_a_table(
    outcomes: list[Outcome],
) -> None:
    for experiment, outcome in zip(EXPERIMENTS, outcomes, strict=True):
        assert tuple(outcome.findings) == experiment.claims
        assert outcome.charts
        assert outcome.tables
        assert outcome.question.endswith("?")
        assert outcome.limits


def test_a_method_is_three_sentences(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert len(re.findall(r"\.(?= [A-Z]|$)", outcome.method)) == 3, outcome.method


def test_tables_are_rectangular(outcomes: list[Outcome]) -> None:
    for table in (table for outcome in outcomes for table in outcome.tables):
        assert {len(row) for row in table.rows} == {len(table.header)}, table.title


def test_the_report_needs_nothing_else_and_has_it_all(root: Path, outcomes: list[Outcome]) -> None:
    html = (root / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", html)
    for outcome in outcomes:
        assert f'<section id="{outcome.name}">' in html
        for chart in outcome.charts:
            assert f'id="chart-{chart.name}"' in html
    for claim in CLAIMS:
        assert f'id="{claim}"' in html


def test_the_page_shows_plots_that_are_there(root: Path) -> None:
    page = (root / "docs" / "gates.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\((gates/[^)]+\.svg)\)", page))
    written = {f"gates/{path.name}" for path in (root / "docs" / "gates").glob("*.svg")}
    assert shown == written
    assert all((root / "docs" / name).stat().st_size < 200_000 for name in written)


def test_the_page_gives_every_answer_as_the_json_has_it(
    root: Path, entries: dict[str, dict[str, Any]]
) -> None:
    page = (root / "docs" / "gates.md").read_text(encoding="utf-8")
    assert json.loads((root / "docs" / "lab.json").read_text(encoding="utf-8")) == entries
    for claim, entry in entries.items():
        heading = f"**{entry['question']}** ([{claim}](lab.json): {entry['supports']})"
        assert f"{heading} {entry['answer']}" in page


def test_nothing_is_done_twice(
    options: LabOptions, root: Path, entries: dict[str, dict[str, Any]]
) -> None:
    made = {path: path.stat().st_mtime_ns for path in (root / "nets").rglob("*")}
    made |= {path: path.stat().st_mtime_ns for path in (root / "experiments").iterdir()}
    assert Lab(options, root)() == entries
    assert {path: path.stat().st_mtime_ns for path in made} == made


def test_a_directory_begun_with_other_options_is_refused(options: LabOptions, root: Path) -> None:
    with pytest.raises(ResumeError, match="other options \\(seeds\\)"):
        Lab(options.model_copy(update={"seeds": 2}), root)


def test_what_was_found_in_models_that_were_replaced_is_dropped_and_nets_are_kept(
    options: LabOptions, root: Path, tmp_path: Path
) -> None:
    later = tmp_path / "lab"
    shutil.copytree(root, later)
    versions = json.loads((later / "models.json").read_text(encoding="utf-8"))
    (later / "models.json").write_text(json.dumps({**versions, "imdb-gru-512": "0.0.1"}))
    Lab(options, later)
    assert not (later / "experiments").exists()
    assert not (later / "data" / "held_out.json").exists()
    assert sorted(path.name for path in (later / "nets").rglob("*")) == sorted(
        path.name for path in (root / "nets").rglob("*")
    )
    assert json.loads((later / "models.json").read_text(encoding="utf-8")) == versions


def test_what_was_found_in_models_that_nobody_recorded_is_dropped(
    options: LabOptions, root: Path, tmp_path: Path
) -> None:
    later = tmp_path / "lab"
    shutil.copytree(root, later)
    (later / "models.json").unlink()
    Lab(options, later)
    assert not (later / "experiments").exists()


def test_nets_meet_the_texts_they_learned_from_when_models_were_replaced(
    options: LabOptions, root: Path, tmp_path: Path
) -> None:
    later = tmp_path / "data"
    shutil.copytree(root / "data", later)
    texts = (later / "texts.safetensors").stat().st_mtime_ns
    forget_held_out(later)
    prepare(options, later)
    assert (later / "texts.safetensors").stat().st_mtime_ns == texts
    held_out = [(place / "held_out.json").read_bytes() for place in (later, root / "data")]
    assert held_out[0] == held_out[1]


def test_the_page_names_the_versions_of_the_shipped_models(root: Path) -> None:
    page = (root / "docs" / "gates.md").read_text(encoding="utf-8")
    for name, path in releases().items():
        assert f"{name} {load_artifact(path).version}" in page


def test_the_number_of_workers_changes_nothing_that_matters(
    options: LabOptions, root: Path
) -> None:
    Lab(options.model_copy(update={"workers": 2}), root)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "C17"], "No claim is named C17"),
        (["--only", "C1", "--docs", "docs"], "leave out --only"),
    ],
)
def test_a_mistake_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, arguments: list[str], complaint: str
) -> None:
    assert main(["lab", "--out", str(tmp_path / "lab"), *arguments]) == 2
    assert complaint in caplog.text
    assert not (tmp_path / "lab").exists()
