"""Reads and writes lab.json, the plots and the page."""

import logging
from pathlib import Path

from pydantic import ValidationError

from gatewise.models.errors import DataError
from gatewise.training.atomic_io import write_json, write_text
from gatewise.training.lab.report.charts import to_svg
from gatewise.training.lab.report.page import render
from gatewise.training.lab.report.plots import charts
from gatewise.training.lab.report.records import LabResults
from gatewise.training.lab.report.stale_page import check

log = logging.getLogger(__name__)

# Below the directory of the documentation.
_FIGURES = Path("figures/lab.json")
_PAGE = Path("background/gates.md")
_PLOTS = Path("background/gates")


def read_docs(docs: Path) -> LabResults:
    """Read the lab.json of the documentation.

    Raises:
        DataError: The file does not exist or is not a lab.json.
    """
    path = docs / _FIGURES
    try:
        return LabResults.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(
            f"{path} cannot be read ({type(error).__name__}). Give the directory of the "
            "documentation by --docs, or run the lab with --docs to write the file."
        ) from error


def write_docs(results: LabResults, docs: Path) -> None:
    """Write lab.json, the plots and the page.

    Args:
        results: Results with all claims.
        docs: Directory of the documentation.

    Raises:
        StalePageError: The results contradict the prose of the page. Nothing is written.
    """
    check(results)
    page = render(results)
    write_results(results, docs / _FIGURES)
    write_plots(results, docs / _PLOTS)
    write_text(page, docs / _PAGE)
    log.info("wrote %s", docs / _PAGE)


def write_results(results: LabResults, path: Path) -> None:
    """Write lab.json."""
    write_json(results.model_dump(mode="json"), path)


def write_plots(results: LabResults, directory: Path) -> None:
    """Write one SVG file for each chart of the claims that were tested."""
    for chart in charts(results.values):
        write_text(to_svg(chart), directory / f"{chart.name}.svg")
