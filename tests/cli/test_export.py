"""`gatewise export` writes an ONNX file."""

import sys
from pathlib import Path

import pytest

from gatewise.models.extras import install_command
from tests.cli.command import run_here


def test_the_file_is_written_and_its_size_printed(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.onnx"
    outcome = run_here(capsys, "export", f"--onnx={path}", f"--model={small_model}", "--traces")
    assert (outcome.status, outcome.errors) == (0, "")
    assert outcome.output.startswith(f"{path}: ")
    assert path.stat().st_size > 0


def test_without_the_extra_one_line_says_what_to_install(
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delitem(sys.modules, "gatewise.models.onnx_export", raising=False)
    monkeypatch.setitem(sys.modules, "onnx", None)
    outcome = run_here(
        capsys, "export", f"--onnx={tmp_path / 'small.onnx'}", f"--model={small_model}"
    )
    assert outcome.status == 1
    assert len(outcome.errors.splitlines()) == 1
    assert install_command("onnx") in outcome.errors


def test_a_file_that_cannot_be_written_is_named(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(
        capsys, "export", f"--onnx={tmp_path / 'no' / 'x.onnx'}", f"--model={small_model}"
    )
    assert outcome.status == 1
    assert str(tmp_path / "no") in outcome.errors


def test_the_file_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "export")
    assert (outcome.status, outcome.errors) == (2, "Error: --onnx: is required\n")
