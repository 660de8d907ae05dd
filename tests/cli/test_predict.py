"""`gatewise predict`: one line for each text, in order."""

import io
import json
from pathlib import Path

import pytest

from gatewise import Predictor
from tests.cli.command import run_here, run_script

TEXTS = ["I love it!", "The plot was boring.", "A great movie."]


class Stdin:
    """A stdin that is no terminal and holds given bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BufferedReader(io.BytesIO(content))

    def isatty(self) -> bool:
        return False


def test_each_text_has_a_line_in_order(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "predict", *TEXTS, "--model", str(small_model))
    expected = Predictor.load(small_model).predict(TEXTS)
    assert outcome.status == 0
    assert [line.split()[:2] for line in outcome.output.splitlines()] == [
        [prediction.label, f"{prediction.score:.3f}"] for prediction in expected
    ]
    assert all(text in line for text, line in zip(TEXTS, outcome.output.splitlines(), strict=True))


def test_json_has_the_figures_of_the_predictor(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "predict", *TEXTS, "--json", f"--model={small_model}")
    records = [json.loads(line) for line in outcome.output.splitlines()]
    expected = Predictor.load(small_model).predict(TEXTS)
    assert [record["number"] for record in records] == [1, 2, 3]
    assert [record["logit"] for record in records] == [entry.logit for entry in expected]
    assert [record["label"] for record in records] == [entry.label for entry in expected]


def test_without_texts_every_line_of_stdin_is_one(small_model: Path) -> None:
    from_stdin = run_script("predict", f"--model={small_model}", stdin="\n".join(TEXTS))
    assert from_stdin == run_script("predict", *TEXTS, f"--model={small_model}")


def test_windows_line_ends_and_a_byte_order_mark_are_not_part_of_a_text(
    small_model: Path,
) -> None:
    stdin = b"\xef\xbb\xbf" + "\r\n".join(TEXTS).encode() + b"\r\n"
    marked = run_script("predict", f"--model={small_model}", "--json", stdin=stdin)
    assert marked == run_script("predict", f"--model={small_model}", "--json", *TEXTS)


def test_a_line_that_cannot_be_read_is_reported_and_the_others_are_printed(
    small_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(b"I love it!\n\n\xff\nA great movie.\n"))
    outcome = run_here(capsys, "predict", f"--model={small_model}", "--json")
    assert outcome.status == 1
    assert [json.loads(line)["number"] for line in outcome.output.splitlines()] == [1, 4]
    blank, invalid = outcome.errors.splitlines()
    assert blank.startswith("line 2: ")
    assert invalid == "line 3: The text is not valid UTF-8."


def test_a_text_that_cannot_be_read_is_reported_by_its_number(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "predict", "I love it!", " ", f"--model={small_model}")
    assert outcome.status == 1
    assert outcome.errors.startswith("text 2: ")
    assert len(outcome.output.splitlines()) == 1


def test_lines_are_numbered_across_blocks(
    small_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gatewise.cli.texts._BLOCK", 7)
    monkeypatch.setattr("sys.stdin", Stdin("\n".join(TEXTS).encode()))
    outcome = run_here(capsys, "predict", f"--model={small_model}", "--json")
    records = [json.loads(line) for line in outcome.output.splitlines()]
    expected = Predictor.load(small_model).predict(TEXTS)
    assert [(record["number"], record["logit"]) for record in records] == [
        (number, pytest.approx(entry.logit, abs=1e-6)) for number, entry in enumerate(expected, 1)
    ]


def test_a_long_text_is_shortened_and_control_characters_are_replaced(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "movie \x1b[31m " + "boring " * 40
    outcome = run_here(capsys, "predict", text, f"--model={small_model}")
    assert "\x1b" not in outcome.output
    assert "…" in outcome.output
    assert len(outcome.output.splitlines()[0]) <= 120


def test_a_release_is_found_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "predict", "A wonderful film.", "--model", "imdb-gru-256")
    assert outcome.output.startswith("positive")


def test_colour_is_the_only_difference_in_a_terminal(
    small_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = run_here(capsys, "predict", *TEXTS, f"--model={small_model}").output
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run_here(capsys, "predict", *TEXTS, f"--model={small_model}").output
    assert "\x1b[" in coloured
    assert without_colour(coloured) == plain


def without_colour(text: str) -> str:
    """Remove the escape sequences of colour."""
    head, *parts = text.split("\x1b[")
    return head + "".join(part.partition("m")[2] for part in parts)


def test_an_undecided_text_is_printed_without_a_verdict_and_with_the_reason(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "predict", "Zyzzyva qwx vvrt.", "--model", str(small_model))
    line, reason = outcome.output.splitlines()
    assert line.startswith("undecided ")
    assert line.endswith("?)")
    assert "knows only 0% of these words" in reason
