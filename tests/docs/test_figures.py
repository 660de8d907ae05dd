"""Figures come from committed JSON, with their origin, and are shown as they are there."""

import re
from pathlib import Path

import pytest

from docs.tools.examples import pages
from docs.tools.figures import (
    FIGURES,
    ROOT,
    figures_of_release,
    figures_of_title,
    measurement,
    provenance,
    release,
)
from docs.tools.fill import FILLED, filled
from docs.tools.functions import page_functions
from docs.tools.pictures import VIEWS, digest
from docs.tools.tables import NOT_MEASURED, releases_table
from gatewise.models.artifact.location import releases

# Written by commands of their own, in forms of their own.
_OTHER_FORMS = {"outputs", "lab"}
_PATHS = (path.relative_to(FIGURES).with_suffix("").as_posix() for path in FIGURES.rglob("*.json"))
NAMES = sorted(name for name in _PATHS if name not in _OTHER_FORMS)
# Figures of measurements. Sizes that define something are written in words or as a setting.
_BY_HAND = re.compile(r"\d[\d.,]* ?(?:%|ms\b|points?\b|minutes\b|× )")
_CODE = re.compile(r"```.*?```|<!-- fill.*?<!-- /fill -->|\{\{.*?\}\}|`[^`\n]*`", re.DOTALL)
# Written by the lab, which fills in its own figures.
_OTHERS = {"gates.md"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_figures_says_where_they_come_from(name: str) -> None:
    measured = measurement(name).measured
    origin = measured.command or measured.source
    assert origin
    assert origin in provenance(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_figures_is_quoted_somewhere(name: str) -> None:
    sources = [path.read_text(encoding="utf-8") for path in pages()]
    sources += [
        path.read_text(encoding="utf-8") for path in (FIGURES.parent / "tools").glob("*.py")
    ]
    assert any(f'"{name}' in source for source in sources)


@pytest.mark.parametrize(
    "page", [page for page in pages() if page.name not in _OTHERS], ids=lambda page: page.stem
)
def test_no_figure_is_typed_by_hand(page: Path) -> None:
    prose = _CODE.sub("", page.read_text(encoding="utf-8"))
    assert _BY_HAND.findall(prose) == []


@pytest.mark.parametrize("path", FILLED, ids=lambda path: path.stem)
def test_a_file_is_filled_with_the_figures_and_tables_as_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert filled(text) == text


def test_the_readme_has_no_figure_of_another_version_without_naming_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in releases():
        assert release(name).title in readme


def test_a_new_version_has_none_of_the_figures_of_the_old_one() -> None:
    for file in ("official_test", "behaviour_suite", "held_out/gate_saturation"):
        assert figures_of_title(file, "imdb-gru-512 999.0") is None


def test_what_was_not_measured_is_shown_as_such() -> None:
    assert figures_of_release("official_test", "imdb-gru-96") is None
    assert NOT_MEASURED in releases_table()


def test_validation_figures_are_those_that_the_model_was_exported_with() -> None:
    accuracy = release().metrics["validation"]["imdb"]["accuracy"]
    assert f"{100 * accuracy:.1f} %" in releases_table()


def test_every_function_of_the_pages_has_a_docstring() -> None:
    assert [name for name, function in page_functions().items() if not function.__doc__] == []


def test_pictures_show_the_released_model() -> None:
    assert measurement("pictures").measured.models == (release().title,)


def test_pictures_are_those_that_were_recorded() -> None:
    assert measurement("pictures").figures == {view.file: digest(view) for view in VIEWS}
