"""The page about gates, its prose and its plots are those of the committed lab.json."""

import json
import re
from pathlib import Path

import pytest

from gatewise.models.errors import DataError
from gatewise.training.lab.command import run_lab
from gatewise.training.lab.experiments import CLAIMS
from gatewise.training.lab.report.output import read_docs, write_docs
from gatewise.training.lab.report.page import render, template
from gatewise.training.lab.report.plots import charts
from gatewise.training.lab.report.records import Finding, LabResults, count_intervals
from gatewise.training.lab.report.sentences.statement import Statement
from gatewise.training.lab.report.sentences.statements import STATEMENTS, SUPPORTS
from gatewise.training.lab.report.stale_page import StalePageError, check
from gatewise.training.lab.report.stories import flips_by_origin
from gatewise.training.lab.report.tables import tables

DOCS = Path(__file__).parents[3] / "docs"
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def results() -> LabResults:
    return read_docs(DOCS)


def test_the_page_is_the_one_that_the_figures_give(results: LabResults) -> None:
    page = (DOCS / "background" / "gates.md").read_text(encoding="utf-8")
    assert page == render(results), "run `gatewise lab --page-only`"


def test_the_figures_support_every_sentence(results: LabResults) -> None:
    check(results)


def test_lab_json_and_prose_cover_the_claims_of_the_experiments(results: LabResults) -> None:
    assert list(results.figures) == list(CLAIMS)
    assert set(SUPPORTS) == {statement.claim for statement in STATEMENTS} == set(CLAIMS)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.text)
def test_a_checked_sentence_is_in_the_template(statement: Statement) -> None:
    assert " ".join(statement.text.split()) in " ".join(template().split())


def test_no_measured_figure_is_written_by_hand() -> None:
    prose = PLACEHOLDER.sub("", template().split("## References")[0])
    prose = (
        prose.replace("0.84", "").replace("0.82", "").replace("0.94", "")
    )  # the source's example
    assert not re.findall(r"\d+\.\d|\d ?%(?! intervals)", prose.replace("at 95 %", ""))


def reverse(value: object) -> object:
    """Negate every number of nested figures, and swap the ends of intervals."""
    if isinstance(value, dict):
        negated = {name: reverse(entry) for name, entry in value.items()}
        if "low" in negated:
            negated["low"], negated["high"] = negated["high"], negated["low"]
        return negated
    if isinstance(value, list):
        return [reverse(entry) for entry in value]
    return -value if isinstance(value, int | float) else value


def with_values(results: LabResults, claim: str, values: object) -> LabResults:
    finding = results.figures[claim]
    changed = Finding.model_validate(finding.model_dump() | {"values": values})
    return results.model_copy(update={"figures": {**results.figures, claim: changed}})


@pytest.mark.parametrize("claim", CLAIMS)
def test_contradicting_figures_are_refused(results: LabResults, claim: str) -> None:
    finding = results.figures[claim]
    with pytest.raises(StalePageError, match=f'{claim}: "'):
        check(with_values(results, claim, reverse(finding.values)))


def test_another_result_of_a_claim_is_refused(results: LabResults) -> None:
    finding = results.figures["C14"].model_copy(update={"supports": "partly"})
    changed = results.model_copy(update={"figures": {**results.figures, "C14": finding}})
    with pytest.raises(StalePageError, match="C14 is described as no"):
        check(changed)


def test_contradicting_figures_leave_the_page_as_it_was(
    results: LabResults, tmp_path: Path
) -> None:
    page = tmp_path / "background" / "gates.md"
    page.parent.mkdir()
    page.write_text("the page")
    values = reverse(results.figures["C7"].values)
    with pytest.raises(StalePageError):
        write_docs(with_values(results, "C7", values), tmp_path)
    assert page.read_text() == "the page"
    assert list(tmp_path.rglob("*.*")) == [page]


@pytest.mark.slow
def test_the_page_is_rebuilt_without_training(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    committed = DOCS / "figures" / "lab.json"
    (tmp_path / "figures" / "lab.json").write_bytes(committed.read_bytes())
    lines = run_lab(docs=tmp_path, page_only=True)
    assert [line.split(":")[0] for line in lines] == list(CLAIMS)
    for path in ("background/gates.md", "figures/lab.json"):
        assert (tmp_path / path).read_bytes() == (DOCS / path).read_bytes()


def test_a_missing_lab_json_is_reported_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=re.escape(str(tmp_path / "figures" / "lab.json"))):
        run_lab(docs=tmp_path, page_only=True)


def test_the_page_shows_every_plot_and_no_other(results: LabResults) -> None:
    page = (DOCS / "background" / "gates.md").read_text(encoding="utf-8")
    images = re.findall(r"!\[([^\]]+)\]\(gates/([^)]+)\.svg\)", page)
    shown = {name: title for title, name in images}
    assert shown == {chart.name: chart.title for chart in charts(results.values)}
    written = {path.stem: path for path in (DOCS / "background" / "gates").glob("*.svg")}
    assert written.keys() == shown.keys()
    assert all(path.stat().st_size < 200_000 for path in written.values())


def test_the_page_names_the_versions_of_the_measured_models(results: LabResults) -> None:
    page = " ".join((DOCS / "background" / "gates.md").read_text(encoding="utf-8").split())
    for name, version in results.measured.models.items():
        assert f"{name} {version}" in page


def test_tables_are_rectangular(results: LabResults) -> None:
    for group in tables(results.values).values():
        for table in group:
            assert {len(row) for row in table.rows} == {len(table.header)}, table.title


def test_intervals_of_width_0_are_not_counted() -> None:
    wide = {"mean": 0.5, "low": 0.4, "high": 0.6, "n": 3}
    none = {"mean": 0.5, "low": None, "high": None, "n": 1}
    of_width_0 = {"mean": 0.5, "low": 0.5, "high": 0.5 + 1e-16, "n": 3}
    assert count_intervals({"a": [wide, none], "b": {"c": wide, "d": of_width_0}}) == 2


def test_flips_after_template_and_real_plots_are_all_flips(results: LabResults) -> None:
    values = results.values["C9"]
    for name, counts in flips_by_origin(values).items():
        total = sum(row["flips"] for row in counts.values())
        assert total == values["models"][name]["flips"]


def test_lab_json_names_no_path(results: LabResults) -> None:
    assert "/" not in json.dumps(results.measured.options)
