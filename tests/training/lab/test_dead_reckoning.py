"""The experiment on dead reckoning: its rule, its run, and how it joins an older lab.json."""

import json
from pathlib import Path

import pytest

from gatewise.training.lab.command import LabOptionError, run_lab
from gatewise.training.lab.experiments.dead_reckoning import EXPERIMENT, supports_need
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.options import FAST
from gatewise.training.lab.report.dead_reckoning import charts, tables
from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.output import read_docs
from gatewise.training.lab.report.records import Figures, Finding, LabResults, Measured

DOCS = Path(__file__).parents[3] / "docs"
UP = Estimate(mean=2.0, low=1.0, high=3.0, n=8)
NONE = Estimate(mean=0.1, low=-1.0, high=1.2, n=8)
DOWN = Estimate(mean=-2.0, low=-3.0, high=-1.0, n=8)
ONCE = Estimate(mean=2.0, low=None, high=None, n=1)


@pytest.mark.parametrize(
    ("widths", "opened", "expected"),
    [
        ([UP, UP], (UP, UP), "yes"),
        ([UP, NONE], (UP, UP), "partly"),
        ([UP, UP], (UP, NONE), "partly"),
        ([NONE, DOWN], (NONE, UP), "partly"),
        ([NONE, DOWN], (NONE, DOWN), "no"),
        ([ONCE], (ONCE, ONCE), "no"),
    ],
)
def test_the_gate_is_needed_if_errors_grow_without_it_and_when_it_is_opened(
    widths: list[Estimate], opened: tuple[Estimate, Estimate], expected: str
) -> None:
    by_width = {str(number): value for number, value in enumerate(widths)}
    changes = dict(zip(("reset_at_1", "reset_at_average"), opened, strict=True))
    assert supports_need(by_width, changes) == expected


@pytest.mark.slow
def test_a_tiny_run_fills_every_chart_and_table_and_is_resumed(tmp_path: Path) -> None:
    workspace = Workspace(FAST, tmp_path)
    finding = EXPERIMENT.measure(workspace)["C11b"]
    values = Figures(json.loads(finding.model_dump_json())["values"])
    assert all(series.y for chart in charts(values) for series in chart.series)
    for table in tables(values):
        assert {len(row) for row in table.rows} == {len(table.header)}, table.title
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "reckoning").iterdir()}
    assert EXPERIMENT.measure(workspace)["C11b"] == finding
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "reckoning").iterdir()} == written


def results_of(date: str, findings: dict[str, str]) -> LabResults:
    """Results with a finding for each claim, told apart by their questions."""
    return LabResults(
        measured=Measured(command="gatewise lab", date=date, minutes=1.0, models={}, options={}),
        figures={
            claim: Finding(question=question, rule="", supports="yes", values={})
            for claim, question in findings.items()
        },
    )


def test_an_added_finding_keeps_the_date_of_its_own_measurement() -> None:
    old = results_of("2026-01-01", {"C9": "old", "C11": "old", "C14": "old"})
    new = results_of("2026-02-02", {"C11b": "new", "C14": "new"})
    joined = old.with_findings_of(new, ["C11b"])
    assert {claim: finding.question for claim, finding in joined.figures.items()} == {
        "C9": "old",
        "C11": "old",
        "C11b": "new",
        "C14": "old",
    }
    assert list(joined.figures) == ["C9", "C11", "C11b", "C14"]
    assert joined.measured_of("C11b").date == "2026-02-02"
    assert joined.measured_of("C14").date == joined.measured.date == "2026-01-01"


def test_a_finding_that_reads_shipped_models_cannot_be_added(tmp_path: Path) -> None:
    with pytest.raises(LabOptionError, match="Only the findings of C11b can be added"):
        run_lab(out=tmp_path / "lab", only=["C11b", "C9"], docs=DOCS)
    assert not (tmp_path / "lab").exists()


def test_the_committed_finding_has_all_widths_and_seeds() -> None:
    values = read_docs(DOCS).values["C11b"]
    assert list(values["by_width"]) == ["2", "4", "8", "16"]
    assert {value.n for row in values["by_width"].values() for value in row.values()} == {8}
