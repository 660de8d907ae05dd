"""The files of figures have the form that the documentation reads, and tables are Markdown."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.report import (
    Report,
    benchmark_parser,
    command_line,
    machine,
    markdown_table,
    rounded_error,
)
from docs.tools.figures import Measurement


def test_a_written_file_has_the_form_of_the_documentation(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    Report("python -m benchmarks.x", ["a 1.0"], {"ms": 2.5}, ["| ms |"], ("numpy",)).publish(path)
    measurement = Measurement.model_validate_json(path.read_text(encoding="utf-8"))
    assert measurement.figures == {"ms": 2.5}
    assert measurement.measured.command == "python -m benchmarks.x"
    assert measurement.measured.models == ("a 1.0",)
    assert measurement.measured.machine == machine(["numpy"])


def test_without_a_file_the_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Report("x", ["a 1.0"], {}, ["| ms |", "| 2.5 |"], ()).publish(None)
    printed = capsys.readouterr().out
    assert printed.startswith("a 1.0 on ")
    assert "| ms |\n| 2.5 |\n" in printed


def test_a_number_that_json_lacks_is_refused(tmp_path: Path) -> None:
    report = Report("x", [], {"ms": float("nan")}, [], ())
    with pytest.raises(ValueError, match="not JSON compliant"):
        report.publish(tmp_path / "figures.json")


def test_the_machine_includes_package_versions() -> None:
    assert machine(["numpy"]).endswith(f", numpy {np.__version__}")


def test_the_command_can_be_pasted_into_a_shell() -> None:
    parser = benchmark_parser("benchmarks.load", None)
    assert command_line(parser, ["--only", "never batched"]) == (
        "python -m benchmarks.load --only 'never batched'"
    )


def test_several_models_can_be_passed_where_a_benchmark_takes_them() -> None:
    parser = benchmark_parser("benchmarks.x", None, several_models=True)
    assert parser.parse_args(["--model", "a", "b"]).model == ["a", "b"]


def test_figures_of_both_parts_in_one_file_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--json", "figures.json"])
    assert "--json needs --only" in capsys.readouterr().err


def test_a_table_aligns_the_first_column_left() -> None:
    assert markdown_table(["name", "ms"], [["a", 1.5]]) == [
        "| name | ms |",
        "| --- | ---: |",
        "| a | 1.5 |",
    ]


@pytest.mark.parametrize(("error", "digits", "rounded"), [(1.26e-7, 1, 1e-7), (1.26e-7, 2, 1.3e-7)])
def test_an_error_is_rounded_to_significant_digits(
    error: float, digits: int, rounded: float
) -> None:
    assert rounded_error(error, digits) == rounded


@pytest.mark.parametrize("name", ["reading", "attribution_top", "quantization"])
def test_a_benchmark_on_held_out_texts_takes_copies_of_added_sources(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        import_module(f"benchmarks.{name}").main(["--add", "cad=here", "--help"])
    assert "--add ADD" in capsys.readouterr().out
