"""A finished comparison of explainers becomes figures of the documentation."""

import pytest

from docs.tools.comparison import explainer, figures_of, times_as_long
from docs.tools.figures import figure
from gatewise.training.analysis.comparison_file import Comparison
from gatewise.training.analysis.explainer_metrics import Figures, TextFigures


@pytest.fixture
def comparison() -> Comparison:
    """One text of each kind, explained in two ways."""

    def text(kind: str) -> TextFigures:
        figures = {
            "attribution": Figures(0.5, 0.25, 0.4, 0.3, 2.0),
            "random": Figures(0.125, 0.5, 0.0, 0.0, None),
        }
        return TextFigures(kind, 20, figures)

    empty = Comparison(model="films 1.0.0 (0123456789ab)", request={"threads": 1}, missing=[])
    return empty.with_text(text("reviews")).with_text(text("snippets"))


def test_the_table_of_the_command_is_the_table_of_the_page(comparison: Comparison) -> None:
    figures = figures_of(comparison)
    assert list(figures) == ["reviews", "snippets"]
    assert figures["reviews"]["texts"] == 1
    assert figures["reviews"]["columns"][:2] == ["explainer", "comprehensiveness ↑"]
    assert figures["reviews"]["rows"][0][:3] == ["attribution", "0.5000", "0.2500"]


def test_averages_are_kept_by_explainer(comparison: Comparison) -> None:
    summary = figures_of(comparison)["snippets"]["summary"]
    assert summary["attribution"]["milliseconds"] == 2.0
    assert summary["random"]["milliseconds"] is None


def test_the_prose_has_the_averages_of_the_table() -> None:
    rows = {row[0]: row for row in figure("comparison", "reviews", "rows")}
    assert (
        explainer("reviews", "attribution", "agreement") == f"{float(rows['attribution'][3]):.2f}"
    )
    slow, fast = (float(rows[name][5].replace(",", "")) for name in ("LIME", "attribution"))
    assert int(times_as_long("reviews", "LIME", "attribution")) == round(slow / fast)
