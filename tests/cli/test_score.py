"""`gatewise score`: files into a directory, standard input to standard output, errors in a line."""

import json
from pathlib import Path

import pytest

from benchmarks.score_runs import content
from gatewise.models.artifact.artifact import save_artifact
from gatewise.service.bulk.engines.pool import LocalPool
from tests.cli.command import run_here, run_script
from tests.models.artifacts import artifact_not_in_8_bits
from tests.service.bulk.fatal_part import EngineWithFatalPart
from tests.service.bulk.files import frame, predicted, read_rows, texts


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("input") / "reviews.csv"
    frame(60, bad=(7,)).to_csv(path, index=False)
    return path


def test_files_are_scored_into_a_directory(
    tmp_path: Path, reviews: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    outcome = run_here(
        capsys, "score", str(reviews), "--out", str(out), "--keep", "id,product", "--model",
        str(small_model), "--part-rows", "25",
    )  # fmt: skip
    assert (outcome.status, outcome.output) == (0, "")
    assert outcome.errors.splitlines() == [
        f"60 rows in 3 files in {out}",
        "1 of them have an error, such as:",
        f"  {reviews}, line 9: The text is empty or blank. Pass at least one word.",
    ]
    assert [(row["id"], row["product"]) for row in read_rows(out)] == [
        (str(1000 + number), f"p{number % 3}") for number in range(60)
    ]
    success = json.loads((out / "_SUCCESS").read_text())
    assert (success["parts"], success["rows"], success["errors"]) == (3, 60, 1)


def test_a_summary_is_printed_and_its_report_named(
    tmp_path: Path, reviews: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(
        capsys, "score", str(reviews), "--out", str(tmp_path / "out"), "--summary", "--by",
        "product", f"--model={small_model}", "--workers", "1",
    )  # fmt: skip
    lines = outcome.output.splitlines()
    assert lines[0].startswith("60 rows: ")
    assert "decided texts are positive (95 % interval" in lines[1]
    assert any(line.startswith("boring ") for line in lines)
    groups = lines[lines.index("by product:") + 2 :]
    assert [line.split()[0] for line in groups if line.startswith("p")] == ["p0", "p1", "p2"]
    assert lines[-1] == f"report: {tmp_path / 'out' / '_summary.html'}"


def test_standard_input_is_scored_to_standard_output(small_model: Path) -> None:
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts(30))]
    outcome = run_script(
        "score", "--keep=id", f"--model={small_model}", stdin="\n".join([*lines, '{"id": 30}'])
    )
    rows = [json.loads(line) for line in outcome.output.splitlines()]
    assert (outcome.status, outcome.errors) == (0, "Lines with an error: 1\n")
    assert [row["id"] for row in rows] == list(range(31))
    assert [row["probability_positive"] for row in rows[:-1]] == predicted(small_model, texts(30))


def test_standard_input_is_scored_in_another_arithmetic(small_model: Path) -> None:
    outcome = run_script(
        "score", "--precision=bfloat16", f"--model={small_model}", stdin="\n".join(texts(9))
    )
    found = [json.loads(line)["probability_positive"] for line in outcome.output.splitlines()]
    assert found == predicted(small_model, texts(9), precision="bfloat16")
    assert found != predicted(small_model, texts(9))


def test_an_arithmetic_that_does_not_suit_the_model_leaves_no_directory(
    tmp_path: Path, reviews: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_artifact(artifact_not_in_8_bits(), tmp_path / "model")
    outcome = run_here(
        capsys, "score", str(reviews), f"--out={tmp_path / 'out'}", f"--model={tmp_path / 'model'}",
        "--precision", "int8x8",
    )  # fmt: skip
    assert outcome.status == 1
    assert "precision='int8x8'" in outcome.errors
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["reviews.csv"], "--out: is required for files"),
        (["reviews.csv", "--out", "x", "--by", "id"], "--by: divides --summary, which is missing"),
        (["reviews.csv", "--out", "x", "--delimiter", ";;"], "--delimiter: must be one character"),
        (["reviews.csv", "--out", "x", "--format", "xml"], "--format: must be one of parquet"),
        (["--out", "x"], "--out: standard input is scored to standard output"),
        (["--format", "parquet"], "--format: standard output takes csv or jsonl"),
        (["--summary"], "--summary: is for files"),
        (["--part-rows", "9"], "--part-rows: is for files"),
        (["--delimiter", ";"], "--delimiter: is for files"),
        (["--encoding", "latin-1"], "--encoding: is for files"),
        (["--on-bad-row", "stop"], "--on-bad-row: stop is for files"),
    ],
)
def test_a_usage_mistake_is_one_line(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "score", *options)
    assert outcome.status == 2
    assert outcome.errors.startswith(f"Error: {message}")
    assert len(outcome.errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("out", "reason"),
    [("reviews.csv", "Not a directory"), ("reviews.csv/out", "Not a directory")],
)
def test_an_output_that_cannot_be_a_directory_is_one_line(
    reviews: Path, small_model: Path, out: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = reviews.parent / out
    before = content(reviews.parent)
    outcome = run_here(capsys, "score", str(reviews), "--out", str(place), f"--model={small_model}")
    assert (outcome.status, outcome.errors) == (1, f"Error: {place}: {reason}\n")
    assert content(reviews.parent) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that is read-only")
def test_an_output_that_cannot_be_created_is_one_line(
    reviews: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(
        capsys, "score", str(reviews), "--out", "/proc/scores", f"--model={small_model}"
    )
    assert (outcome.status, len(outcome.errors.splitlines())) == (1, 1)
    assert outcome.errors.startswith("Error: /proc/scores: ")


def test_a_part_that_was_left_out_is_the_exit_status(
    tmp_path: Path,
    reviews: Path,
    small_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        "gatewise.service.bulk.engines.pool.LocalPool", lambda _: EngineWithFatalPart(LocalPool(2))
    )
    outcome = run_here(
        capsys, "score", str(reviews), "--out", str(tmp_path / "out"), "--keep", "id",
        f"--model={small_model}", "--part-rows", "20",
    )  # fmt: skip
    assert outcome.status == 1
    assert outcome.errors.splitlines()[-1] == (
        "Error: 20 rows are left out, because their process died three times: "
        f"{reviews}, line 22 to {reviews}, line 41. The same command tries again."
    )


def test_a_refused_run_is_one_line(
    tmp_path: Path, reviews: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["score", str(reviews), "--out", str(tmp_path / "out"), f"--model={small_model}"]
    assert run_here(capsys, *words).status == 0
    outcome = run_here(capsys, *words, "--keep", "id")
    assert outcome.status == 1
    assert outcome.errors.startswith(f"Error: {tmp_path / 'out'} has the results of another run")
