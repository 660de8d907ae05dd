"""`gatewise explain`: the text, its attributions and the running prediction."""

import json
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from gatewise import Predictor
from gatewise.cli.rendering import coloured_text, sparkline
from gatewise.service.app import create_app
from gatewise.service.settings import Settings
from tests.cli.command import run_here, run_script
from tests.cli.test_predict import without_colour

TEXT = "A great movie, I love it! But the plot was boring.\nBoring, boring, boring."


@pytest.fixture(scope="module")
def shown(small_model: Path) -> str:
    return run_script("explain", TEXT, "--model", str(small_model)).output


def test_the_prediction_comes_first(shown: str, small_model: Path) -> None:
    prediction = Predictor.load(small_model).predict([TEXT])[0]
    assert shown.startswith(f"{prediction.label}  {prediction.score:.3f}  ({prediction.tokens} ")


def test_the_words_with_the_largest_attributions_are_listed_without_punctuation(
    shown: str, small_model: Path
) -> None:
    predictor = Predictor.load(small_model)
    explanation = predictor.explain(TEXT)
    account, encoding = explanation.account, explanation.encoding
    assert account
    attribution = account.attribution.total
    words = [place for place in range(len(encoding)) if encoding.word(place)[0].isalpha()]
    largest = max(words, key=lambda place: abs(attribution[place]))
    _, _, listed = shown.partition("Attribution")
    rows = [line.split() for line in listed.splitlines() if "without it" in line]
    assert rows[0][0] == encoding.word(largest)
    assert rows[0][1] == f"{attribution[largest]:+.2f}".replace("-", "−")
    assert rows[0][-1] == f"{account.without[largest]:.2f}"
    assert not {row[0] for row in rows} & {".", ",", "!"}


def test_the_clauses_are_listed_with_their_attributions(shown: str, small_model: Path) -> None:
    account = Predictor.load(small_model).explain(TEXT).account
    assert account
    largest = max(account.clauses, key=lambda clause: abs(clause.attribution))
    _, _, listed = shown.partition("Clauses")
    attribution = f"{largest.attribution:+.2f}".replace("-", "−")
    row = f"{attribution}  {largest.without:.2f}  {largest.text}"
    assert listed.splitlines()[1].strip() == row


def test_a_clause_longer_than_a_line_is_shortened_but_its_numbers_are_not(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"A great {'great ' * 40}movie. But the plot was boring."
    output = run_here(capsys, "explain", text, f"--model={small_model}").output
    account = Predictor.load(small_model).explain(text).account
    assert account
    _, _, listed = output.partition("Clauses")
    for clause in account.clauses:
        attribution = f"{clause.attribution:+.2f}".replace("-", "−")
        assert f"{attribution}  {clause.without:.2f}  {clause.text[:20]}" in listed


def test_every_flip_is_marked_and_named(shown: str, small_model: Path) -> None:
    flips = Predictor.load(small_model).explain(TEXT).flips
    _, _, running = shown.partition("P(positive) after each token")
    arrows = running.splitlines()[2] if flips else ""
    assert [place - 2 for place, sign in enumerate(arrows) if sign == "↑"] == flips
    assert all(f"(token {flip + 1})" in running for flip in flips)


def test_json_agrees_with_the_predictor(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "explain", TEXT, "--json", "--model", str(small_model))
    record = json.loads(outcome.output)
    predictor = Predictor.load(small_model)
    explanation = predictor.explain(TEXT)
    assert record["score"] == explanation.prediction.score
    assert [token["attribution"] for token in record["tokens"]] == pytest.approx(
        predictor.attribution(explanation).total
    )
    assert [token["decomposition"]["total"] for token in record["tokens"]] == pytest.approx(
        explanation.decomposition.total
    )
    assert [place for place, token in enumerate(record["tokens"]) if "flip" in token["flags"]] == (
        explanation.flips
    )
    for token in record["tokens"]:
        assert TEXT[token["start"] : token["end"]] == token["text"]


def test_attributions_and_bias_sum_to_the_logit_in_json(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads(
        run_here(capsys, "explain", TEXT, "--json", "--model", str(small_model)).output
    )
    total = sum(token["attribution"] for token in record["tokens"])
    decomposition = record["decomposition"]
    assert total + decomposition["bias"] + record["attribution"]["residual"] == pytest.approx(
        decomposition["logit"], abs=1e-9
    )


def test_json_has_the_fields_and_the_values_of_the_api(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads(
        run_here(capsys, "explain", TEXT, "--json", "--model", str(small_model)).output
    )
    app = create_app(Settings(), predictor=Predictor.load(small_model))
    with TestClient(app) as client:
        body = {"text": TEXT}
        response = client.post("/explain", json=body).raise_for_status().json()
    token, expected = record["tokens"][-1], response["tokens"][-1]
    del response["model"]["id"]  # what a server of several models calls it
    described_there = {"notation", "unusual", "units", "intervened", "faithfulness"}
    assert response.keys() - record.keys() == described_there
    assert expected.keys() - token.keys() == {"gate_effects"}
    for name in token:
        assert token[name] == pytest.approx(expected[name]), name
    for name in record.keys() - {"tokens"}:
        assert record[name] == response[name], name


def test_stdin_is_one_text(shown: str, small_model: Path) -> None:
    assert run_script("explain", f"--model={small_model}", stdin=f"{TEXT}\n").output == shown


def test_colour_is_the_only_difference_in_a_terminal(
    shown: str,
    small_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run_here(capsys, "explain", TEXT, f"--model={small_model}").output
    assert "\x1b[" in coloured
    assert without_colour(coloured) == shown


def test_the_text_keeps_its_white_space_and_strong_tokens_are_marked_by_signs(
    small_model: Path,
) -> None:
    predictor = Predictor.load(small_model)
    explanation = predictor.explain(TEXT)
    attribution = np.zeros(len(explanation.encoding))
    attribution[1], attribution[3] = 1.0, -0.5  # great, the comma
    text = coloured_text(explanation, attribution).plain
    assert text == TEXT.replace("great", "great⁺⁺", 1).replace(",", ",⁻", 1)


def test_control_characters_of_a_text_do_not_reach_the_terminal(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "explain", "great \x1b[2J movie", f"--model={small_model}")
    assert outcome.status == 0
    assert "\x1b" not in outcome.output


def test_a_text_without_words_is_refused(
    small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "explain", " ", f"--model={small_model}")
    assert (outcome.status, outcome.output) == (1, "")
    assert "empty or blank" in outcome.errors


def test_a_short_text_has_a_column_for_every_token() -> None:
    line, arrows = sparkline([0.0, 0.4, 0.6, 1.0], [2], columns=80)
    assert (line.plain, arrows.plain) == ("▁▄▅█", "  ↑ ")


def test_a_long_text_shows_its_last_token_and_every_flip() -> None:
    probabilities = [0.1] * 500 + [0.9] * 500
    line, arrows = sparkline(probabilities, [500], columns=10)
    assert (line.plain, arrows.plain) == ("▁" * 5 + "█" * 5, "     ↑    ")


def test_without_flips_there_is_no_line_of_arrows() -> None:
    assert len(sparkline([0.6, 0.7], [], columns=80)) == 1
