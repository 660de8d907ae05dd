"""The README is short, and what it links to exists."""

import re
from pathlib import Path

import pytest

# Folders of the repository; what begins with one of them in backticks is a path.
_PATH = re.compile(
    r"`((?:benchmarks|deploy|docs|gatewise|models|service|tests|training)/[\w./-]*)`"
)
LINKING = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")


def test_the_readme_has_at_most_150_lines(root: Path) -> None:
    assert len((root / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("name", LINKING)
def test_what_a_document_links_to_exists(root: Path, name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", (root / name).read_text(encoding="utf-8"))
    files = [link for link in links if "://" not in link]
    assert [link for link in files if not (root / link).exists()] == []


def test_every_path_that_contributing_names_exists(root: Path) -> None:
    paths = _PATH.findall((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert [path for path in paths if not (root / path).exists()] == []
