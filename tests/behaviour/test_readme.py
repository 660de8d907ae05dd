"""What the README shows in Python runs, and prints what the README says."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from textwrap import dedent

from models import Predictor
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


def signed(number: float) -> str:
    """Write a number as the README does."""
    return f"{number:.1f}".replace("-", "−")
