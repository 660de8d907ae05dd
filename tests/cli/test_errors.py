"""A mistake is reported in one line that names the option as it was written."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from gatewise.models.extras import install_command
from tests.cli.command import SCRIPT, run_here, run_module, run_python, run_script

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {module!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
from gatewise.cli.app import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("train --out x --learning-rate -1", "--learning-rate: must be greater than 0, got -1"),
        (
            "train --out x --finetune.epochs -1",
            "--finetune.epochs: must be greater than or equal to 0, got -1",
        ),
        ("train --out x --epochs two", "--epochs: must be an integer, got 'two'"),
        (
            "train --out x --preset bets",
            "--preset: must be one of quick, standard, best, refine, got 'bets'",
        ),
        (
            "train --out x --learning-rat 1",
            "Unknown option: --learning-rat. Did you mean --learning-rate?",
        ),
        ("train", "--out: is required"),
        ("train --out", "--out: requires a value"),
        ("serve --port 99999", "--port: must be from 0 to 65535, got 99999"),
        ("serve --workers 0", "--workers: must be at least 1, got 0"),
        ("compare --reviews -1", "--reviews: must be at least 0, got -1"),
        ("evaluate --data a.csv --source hub", "--source: cannot be combined with --data"),
        ("search --flips", "--out: is required, unless --index is given"),
        ("search --out x", "--where: give a condition"),
        ("search --index --flips", "--index: covers all units"),
        ("lab --out x --seeds 0", "--seeds: must be at least 1, got 0"),
        ("predct x", 'Unknown command "predct". Did you mean "predict"?'),
        ("--versio", "Unknown option: --versio. Did you mean --version?"),
    ],
)
def test_a_usage_mistake_is_one_line_with_status_2(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, *arguments.split())
    assert (outcome.status, outcome.output) == (2, "")
    [line] = outcome.errors.splitlines()
    assert line.startswith(f"Error: {message}")


def test_every_invalid_option_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, *["train", "--out", "x", "--epochs", "0", "--hidden-size", "0"])
    assert outcome.status == 2
    reported = {line.split(": ")[1] for line in outcome.errors.splitlines()}
    assert reported == {"--epochs", "--hidden-size"}


@pytest.mark.parametrize("command", ["predict fine", "explain fine", "evaluate", "compare"])
def test_an_unknown_model_lists_the_known_ones(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, *command.split(), "--model", "no-such-model")
    assert (outcome.status, outcome.output) == (1, "")
    [line] = outcome.errors.splitlines()
    assert "imdb-gru-256" in line
    assert "imdb-gru-512" in line


def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "run"
    outcome = run_here(capsys, "train", "--source", "packaged", "--out", str(out))
    assert outcome.status == 1
    assert outcome.errors.splitlines()[-1].startswith(f"Error: {out}")


@pytest.mark.parametrize(
    ("module", "command", "extra"),
    [
        ("torch", "train --out x", "train"),
        ("datasets", "evaluate", "train"),
        ("datasets", "search --index", "train"),
        ("torch", "compare", "compare"),
        ("datasets", "lab --out x", "train"),
    ],
)
def test_a_missing_extra_is_one_line_that_names_what_to_install(
    module: str, command: str, extra: str
) -> None:
    outcome = run_python(BLOCKED.format(module=module), *command.split())
    assert (outcome.status, outcome.output) == (1, "")
    name = command.split(maxsplit=1)[0]
    assert outcome.errors == (
        f"Error: gatewise {name} needs {module}, which is not installed: {install_command(extra)}\n"
    )


@pytest.mark.parametrize("module", ["torch", pytest.param("datasets", marks=pytest.mark.slow)])
def test_predictions_need_no_extra(module: str) -> None:
    outcome = run_python(BLOCKED.format(module=module), "predict", "A wonderful film.")
    assert (outcome.status, outcome.errors) == (0, "")


def test_a_reader_that_closes_the_output_is_no_error(small_model: Path) -> None:
    command = [str(SCRIPT), "predict", "--model", str(small_model)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stdin.write(b"I love the movie.\n")
    process.stdin.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


def test_ctrl_c_stops_with_status_130(small_model: Path) -> None:
    command = [str(SCRIPT), "predict", "--model", str(small_model)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(b"I love the movie.\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith((b"positive", b"negative"))  # it reads on
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert process.stderr.read() == b"Stopped.\n"
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()


def test_an_interrupted_run_states_how_to_resume_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gatewise.training.pipeline.Run.run", interrupt)
    outcome = run_here(capsys, "train", "--out", str(tmp_path / "run"))
    assert outcome.status == 130
    assert "run the same command again with --resume" in outcome.errors


@pytest.mark.parametrize(
    "arguments",
    [("explain", "--help"), pytest.param(("predict", "A fine film."), marks=pytest.mark.slow)],
    ids=" ".join,
)
def test_the_module_runs_the_same_command(arguments: tuple[str, ...]) -> None:
    assert run_module("gatewise", *arguments) == run_script(*arguments)


@pytest.mark.slow
def test_output_survives_an_encoding_without_its_signs(small_model: Path) -> None:
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    outcome = run_script("explain", "I love it", f"--model={small_model}", environment=ascii_only)
    assert outcome.status == 0
    assert "love" in outcome.output
