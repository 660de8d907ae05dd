"""What the README shows in Python runs, and prints what the README says."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest

from models import Predictor
from models.artifact import load_artifact
from models.predictor import DEFAULT_RELEASE
from service.examples import EXAMPLES

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SNIPPETS = [
    dedent(block) for block in re.findall(r"^ *```python\n(.*?)^ *```", README, re.M | re.S)
]


def test_the_snippets_run_and_print_what_the_readme_says() -> None:
    printed = StringIO()
    with redirect_stdout(printed):
        for snippet in SNIPPETS:
            exec(snippet, {})  # noqa: S102
    logits = printed.getvalue().split()
    assert len(logits) == 3
    assert "prints " + ", ".join(f"`{logit}`" for logit in logits) in README


def test_the_full_stop_and_boring_have_what_the_readme_says(shipped: Predictor) -> None:
    explanation = shipped.explain(EXAMPLES[0].text)
    assert explanation.encoding.word(-2) == "boring"
    ledger, credit = explanation.ledger, shipped.credits(explanation).total
    boring, stop = (signed(ledger.total[place]) for place in (-2, -1))
    assert f'the full stop has {stop} and "boring" {boring}' in README
    assert f"{signed(ledger.recalled_context[-1])} of it is recalled context" in README
    boring, stop = (signed(credit[place]) for place in (-2, -1))
    assert f'gives "boring" {boring} and the full stop {stop}.' in README


def test_the_plot_alone_leaves_the_network_as_undecided_as_the_readme_says(
    shipped: Predictor,
) -> None:
    plot, _ = EXAMPLES[0].text.split(" But the movie is really boring.")
    (prediction,) = shipped.predict([plot])
    positive = f"{prediction.probabilities['positive']:.2f}"
    assert f"nearly undecided ({signed(prediction.logit)}, P(positive) {positive})" in README


@pytest.mark.parametrize(
    ("release", "row_of"), [("imdb-gru-512", "shipped model"), ("imdb-gru-256", "imdb-gru-256")]
)
def test_accuracies_are_those_that_the_model_was_exported_with(release: str, row_of: str) -> None:
    figures = load_artifact(DEFAULT_RELEASE.parent / release).metrics["validation"]
    reviews, snippets = figures["imdb"], figures["rotten_tomatoes"]
    low, high = (f"{100 * end:.1f}" for end in reviews["interval"])
    (row,) = (line for line in README.splitlines() if line.startswith(f"| {row_of}"))
    assert f"{100 * reviews['accuracy']:.1f} % ({low} to {high}) of 5,000" in row
    assert f"{100 * snippets['accuracy']:.1f} %" in README


def test_calibration_and_lengths_of_the_shipped_model_are_as_measured(shipped: Predictor) -> None:
    figures = shipped.artifact.metrics["validation"]
    reviews, snippets = (f"{100 * figures[of]['ece']:.2f} %" for of in ("imdb", "rotten_tomatoes"))
    assert f"{reviews} on reviews, {snippets} on snippets" in README
    groups = sorted(100 * group["accuracy"] for group in figures["imdb"]["by_length"])
    assert f"| {groups[0]:.1f} to {groups[-1]:.1f} % | [its card]" in README


def signed(number: float) -> str:
    """Write a number as the README does."""
    return f"{number:.1f}".replace("-", "−")
