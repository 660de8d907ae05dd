"""The lab from end to end on a tiny corpus: its structure, not its findings."""

import json
import shutil
from pathlib import Path

import pytest

from gatewise.models.errors import ResumeError
from gatewise.training.lab.command import LabOptionError, run_lab
from gatewise.training.lab.experiments import CLAIMS, EXPERIMENTS
from gatewise.training.lab.nets.data import delete_held_out, prepare
from gatewise.training.lab.options import FAST, LabOptions
from gatewise.training.lab.report.plots import charts
from gatewise.training.lab.report.records import LabResults
from gatewise.training.lab.run import Lab
from tests.training.reviews import write_reviews

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
COMMAND = "gatewise lab"


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> LabOptions:
    source = write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=400, longest=500)
    return LabOptions.model_validate(FAST.model_dump() | TINY | {"source": str(source)})


@pytest.fixture(scope="module")
def root(options: LabOptions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run everything once."""
    directory = tmp_path_factory.mktemp("lab")
    Lab(options, directory).run(command=COMMAND)
    return directory


@pytest.fixture(scope="module")
def results(root: Path) -> LabResults:
    return LabResults.model_validate_json((root / "lab.json").read_bytes())


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the directory of the run."""
    return Path(shutil.copytree(root, tmp_path / "lab"))


@pytest.mark.slow
def test_every_claim_has_a_finding(results: LabResults) -> None:
    assert list(results.figures) == list(CLAIMS)
    for finding in results.figures.values():
        assert finding.question.endswith("?")
        assert finding.values


@pytest.mark.slow
def test_the_run_is_recorded_without_paths(results: LabResults, options: LabOptions) -> None:
    assert results.measured.command == COMMAND
    assert results.measured.options["source"] == Path(options.source).name
    assert results.measured.options["hidden_size"] == options.hidden_size


@pytest.mark.slow
def test_one_training_decides_nothing(results: LabResults) -> None:
    for claim in ("C11", "C15"):
        assert results.figures[claim].supports == "partly"


@pytest.mark.slow
def test_every_chart_of_the_findings_is_drawn(root: Path, results: LabResults) -> None:
    drawn = {path.stem for path in (root / "plots").glob("*.svg")}
    assert drawn == {chart.name for chart in charts(results.values)}


@pytest.mark.slow
def test_finished_work_is_not_repeated(options: LabOptions, root: Path) -> None:
    paths = [*(root / "nets").rglob("*"), *(root / "experiments").iterdir()]
    written = {path: path.stat().st_mtime_ns for path in paths}
    Lab(options, root).run(command=COMMAND)
    assert {path: path.stat().st_mtime_ns for path in paths} == written


@pytest.mark.slow
def test_findings_about_replaced_models_are_deleted_and_nets_are_kept(
    options: LabOptions, root: Path, copy: Path
) -> None:
    versions = json.loads((copy / "models.json").read_text(encoding="utf-8"))
    (copy / "models.json").write_text(json.dumps({**versions, "imdb-gru-512": "0.0.1"}))
    Lab(options, copy)
    assert not (copy / "experiments").exists()
    assert not (copy / "data" / "held_out.json").exists()
    assert sorted(path.name for path in (copy / "nets").rglob("*")) == sorted(
        path.name for path in (root / "nets").rglob("*")
    )
    assert json.loads((copy / "models.json").read_text(encoding="utf-8")) == versions


@pytest.mark.slow
def test_findings_about_unrecorded_models_are_deleted(options: LabOptions, copy: Path) -> None:
    (copy / "models.json").unlink()
    Lab(options, copy)
    assert not (copy / "experiments").exists()


@pytest.mark.slow
def test_training_texts_do_not_change_when_models_are_replaced(
    options: LabOptions, root: Path, copy: Path
) -> None:
    texts = copy / "data" / "texts.safetensors"
    written = texts.stat().st_mtime_ns
    delete_held_out(copy / "data")
    prepare(options, copy / "data")
    assert texts.stat().st_mtime_ns == written
    held_out = [(place / "data" / "held_out.json").read_bytes() for place in (copy, root)]
    assert held_out[0] == held_out[1]


@pytest.mark.slow
def test_one_claim_runs_alone(options: LabOptions, tmp_path: Path) -> None:
    results = Lab(options, tmp_path / "lab").run(only=["C8"], command=COMMAND)
    assert list(results.figures) == ["C8"]
    [experiment] = [e for e in EXPERIMENTS if "C8" in e.claims]
    stored = [path.stem for path in (tmp_path / "lab" / "experiments").iterdir()]
    assert stored == [experiment.name]
    assert sorted(path.stem for path in (tmp_path / "lab" / "plots").iterdir()) == [
        "gradient_state",
        "gradient_word",
    ]


def test_a_directory_with_other_options_is_refused(tmp_path: Path) -> None:
    Lab(FAST, tmp_path)
    with pytest.raises(ResumeError, match="other options \\(seeds\\)"):
        Lab(FAST.model_copy(update={"seeds": 2}), tmp_path)


def test_a_run_can_be_resumed_with_another_number_of_workers(tmp_path: Path) -> None:
    Lab(FAST, tmp_path)
    Lab(FAST.model_copy(update={"workers": FAST.workers + 1}), tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"only": ["C17"]}, "no claim C17"),
        ({"only": ["C4"], "docs": Path("docs")}, "omit --only"),
        ({"fast": True, "docs": Path("docs")}, "omit --only and --fast"),
        ({"only": ["C4"], "page_only": True}, "--page-only reads lab.json"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(
    tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(LabOptionError, match=message):
        run_lab(out=tmp_path / "lab", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "lab").exists()


def test_a_run_needs_a_directory() -> None:
    with pytest.raises(LabOptionError, match="--out is required"):
        run_lab(fast=True)
