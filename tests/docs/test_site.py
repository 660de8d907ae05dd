"""The site builds strictly, and sends no request to other hosts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docs.tools import try_page
from docs.tools.examples import examples, pages
from docs.tools.figures import ROOT

pytestmark = pytest.mark.slow
# What a browser loads by itself, as opposed to links that a reader follows.
_LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?(https?:)?//"
    r"|<link\b(?=[^>]*rel=[\"']?(?:stylesheet|preload|preconnect|icon))[^>]*href=[\"']?(?:https?:)?//"
)
_LOADED_BY_CSS = re.compile(r"url\([\"']?(?:https?:)?//|@import [\"'](?:https?:)?//")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_built(site: Path) -> None:
    sources = [page.relative_to(ROOT / "docs") for page in pages() if page.name != "README.md"]
    assert [page for page in sources if not (site / page.with_suffix(".html")).exists()] == []


def test_the_site_loads_nothing_from_other_hosts(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not _LOADED.search(page.read_text(encoding="utf-8")), page
    for style in site.rglob("*.css"):
        assert not _LOADED_BY_CSS.search(style.read_text(encoding="utf-8")), style


def test_the_reference_lists_every_operation_of_the_api(site: Path) -> None:
    text = (site / "reference" / "http.html").read_text(encoding="utf-8")
    for operation in ("POST /predict", "GET /explain", "POST /explain/diff", "POST /admin/reload"):
        assert operation in text


def test_the_reference_lists_every_command(site: Path) -> None:
    text = (site / "reference" / "cli.html").read_text(encoding="utf-8")
    for command in ("serve", "predict", "explain", "train", "evaluate"):
        assert f"gatewise {command}" in text


def test_the_reference_documents_the_public_classes(site: Path) -> None:
    text = (site / "reference" / "python.html").read_text(encoding="utf-8")
    for name in ("Predictor", "Prediction", "Explanation", "Intervention"):
        assert f'id="gatewise.{name}"' in text


def test_the_page_that_runs_a_model_has_all_its_files_or_is_left_out(site: Path) -> None:
    page = site / "try"
    assert page.exists() == try_page.can_be_built()
    if page.exists():
        assert (page / "model.onnx").exists()
        assert (page / "reading.json").exists()
        assert list((page / "ort").glob("*.wasm"))


def test_without_the_npm_packages_the_site_is_built_without_that_page(tmp_path: Path) -> None:
    program = (
        "from docs.tools import try_page; from pathlib import Path;"
        "from mkdocs.__main__ import cli;"
        f"try_page.NODE_PACKAGE = Path({str(tmp_path / 'missing')!r});"
        f"cli(['build', '--strict', '--site-dir', {str(tmp_path / 'site')!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "try/ is left out" in done.stderr
    assert not (tmp_path / "site" / "try").exists()
    assert (tmp_path / "site" / "how-to" / "export.html").exists()


def test_tools_of_the_documentation_are_not_part_of_the_site(site: Path) -> None:
    assert list(site.rglob("*.py")) == []


def test_every_page_of_the_navigation_has_a_source() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r": ([\w/-]+\.md)$", text, re.MULTILINE)
    assert [name for name in named if not (ROOT / "docs" / name).exists()] == []
    assert yaml.safe_load(text)["theme"]["font"] is False


def test_the_pages_have_examples_in_both_languages() -> None:
    languages = {example.language for page in pages() for example in examples(page)}
    assert languages == {"sh", "python"}
