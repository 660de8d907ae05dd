"""What the README shows in Python runs, and prints what the README says."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from textwrap import dedent

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
