"""Files that the host of the repository reads are valid."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROGRAMS = Path(sys.executable).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def check(schema: str, path: Path) -> None:
    """Check a file against a schema that ships with check-jsonschema."""
    program = PROGRAMS / "check-jsonschema"
    subprocess.run([str(program), "--builtin-schema", schema, str(path)], check=True)


def test_the_workflow_is_valid(root: Path) -> None:
    check("vendor.github-workflows", root / ".github" / "workflows" / "ci.yml")


def test_dependabot_is_configured_for_every_ecosystem(root: Path) -> None:
    path = root / ".github" / "dependabot.yml"
    check("vendor.dependabot", path)
    updates = yaml.safe_load(path.read_text(encoding="utf-8"))["updates"]
    ecosystems = {update["package-ecosystem"] for update in updates}
    assert ecosystems == {"pip", "npm", "github-actions", "docker"}


def test_ci_runs_on_every_supported_python(root: Path) -> None:
    workflow = yaml.safe_load((root / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["check"]["strategy"]["matrix"]["python"] == PYTHONS


@pytest.mark.parametrize("template", ["bug.yml", "feature.yml"])
def test_an_issue_template_is_a_form(root: Path, template: str) -> None:
    form = yaml.safe_load((root / ".github/ISSUE_TEMPLATE" / template).read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= form.keys()


def test_artifacts_are_checked_out_unchanged(root: Path) -> None:
    path = "models/releases/imdb-gru-512/tokenizer.json"
    found = subprocess.run(
        ["git", "check-attr", "text", path], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.split()[-1] == "unset"
