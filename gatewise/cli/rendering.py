"""An explanation for the terminal: the coloured text, the running prediction, and the top tokens.

Signs and arrows repeat what colour shows: strong attributions, and flips.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gatewise.cli.console import printable
from gatewise.cli.predict import LABEL_STYLES

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float64

    from gatewise import Explanation

_TOP_TOKENS = 8
_LISTED = 8  # flips, and tokens of one flag
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR_WIDTH = 20
_THRESHOLD = 0.5
# Share of the largest attribution from which a token has a style, and the sign that marks it.
_STRENGTHS = ((2 / 3, 2), (1 / 3, 1), (1 / 12, 0))
_STYLES = {
    "positive": ("dodger_blue1", "bold dodger_blue1", "bold white on dodger_blue3"),
    "negative": ("red1", "bold red1", "bold white on red3"),
}
_SIGNS = {"positive": "⁺", "negative": "⁻"}
_FLAGS = {
    "reset": "the reset gate excluded most of the earlier text",
    "rewrite": "the update gate replaced much of the earlier state",
}


def render(
    explanation: "Explanation",
    attribution: "Float64[np.ndarray, ' T']",
    flags: Sequence[Sequence[str]],
    *,
    title: str,
    width: int,
) -> Iterator[RenderableType]:
    """Yield the parts of an explanation, from the prediction to the flags.

    Args:
        explanation: The explanation.
        attribution: Attribution of every token, in logit units.
        flags: Names of the flags of every token.
        title: Name of the model.
        width: Columns of the terminal.
    """
    yield _headline(explanation, title)
    for warning in explanation.prediction.warnings:
        yield Text(warning, style="yellow")
    yield Padding(coloured_text(explanation, attribution), (1, 2))
    bias, logit = explanation.decomposition.bias, explanation.decomposition.logit
    yield Text.assemble(
        ("Attribution", "bold"),
        f": bias {_signed(bias)} + attributions = logit {_signed(logit)}\n"
        "  ⁺ ⁻ in the text: a third of the largest or more; ⁺⁺ ⁻⁻: two thirds or more",
    )
    yield Padding(_top_tokens(explanation, attribution), (0, 0, 1, 2))
    yield from _running_prediction(explanation, width)
    yield from _flagged(explanation, flags)


def coloured_text(explanation: "Explanation", attribution: "Float64[np.ndarray, ' T']") -> Text:
    """Return the text with every token styled by its attribution, white space as it was."""
    encoding, shown, end = explanation.encoding, Text(), 0
    largest = max(abs(attribution).max(), 1e-12)
    places = zip(encoding.starts.tolist(), encoding.ends.tolist(), attribution, strict=True)
    for start, stop, value in places:
        shown.append(printable(encoding.text[end:start]))
        label = "positive" if value > 0 else "negative"
        strength = _strength(abs(value) / largest)
        style = _STYLES[label][strength] if strength is not None else ""
        shown.append(printable(encoding.text[start:stop]), style)
        shown.append(_SIGNS[label] * (strength or 0), style)
        end = stop
    shown.append(printable(encoding.text[end:]))
    return shown


def sparkline(probabilities: Sequence[float], flips: Sequence[int], columns: int) -> list[Text]:
    """Draw the running P(positive), at most `columns` wide, and arrows under its flips.

    A column of a long text stands for several tokens: it shows the last of them.
    """
    count = len(probabilities)
    used = min(count, columns)
    bounds = [place * count // used for place in range(used + 1)]
    line, arrows = Text(), Text()
    for first, stop in pairwise(bounds):
        value = probabilities[stop - 1]
        level = min(int(value * len(_BLOCKS)), len(_BLOCKS) - 1)
        line.append(_BLOCKS[level], LABEL_STYLES[_label(value)])
        arrows.append("↑" if any(first <= flip < stop for flip in flips) else " ")
    return [line, arrows] if flips else [line]


def _headline(explanation: "Explanation", title: str) -> Text:
    prediction = explanation.prediction
    if prediction.undecided:
        verdict, lean = "undecided", f"{prediction.label}? "
    else:
        verdict, lean = prediction.label, ""
    return Text.assemble(
        (verdict, LABEL_STYLES[verdict]),
        f"  {lean}{prediction.score:.3f}  ({prediction.tokens:,} tokens, {title})",
    )


def _top_tokens(explanation: "Explanation", attribution: "Float64[np.ndarray, ' T']") -> Table:
    """List the tokens with the largest attributions, with bars."""
    table = Table.grid(padding=(0, 2))
    largest = max(abs(attribution).max(), 1e-12)
    for place in sorted(range(len(attribution)), key=lambda place: -abs(attribution[place])):
        if table.row_count == _TOP_TOKENS:
            break
        value = float(attribution[place])
        style = LABEL_STYLES["positive" if value > 0 else "negative"]
        bar = "█" * max(1, round(_BAR_WIDTH * abs(value) / largest))
        word = printable(explanation.encoding.word(place))
        table.add_row(Text(word, style), Text(_signed(value)), Text(bar, style))
    return table


def _running_prediction(explanation: "Explanation", width: int) -> Iterator[RenderableType]:
    probabilities = explanation.running_probability.tolist()
    yield Text.assemble(("P(positive) after each token", "bold"), ", from ▁ 0 to █ 1; ↑ a flip")
    for line in sparkline(probabilities, explanation.flips, width - 4):
        yield Padding(line, (0, 2))
    if (earlier := len(explanation.flips) - _LISTED) > 0:
        yield Text(f"  {earlier} earlier flips (--json lists all), then")
    for place in explanation.flips[-_LISTED:]:
        before, after = probabilities[place - 1], probabilities[place]
        word = printable(explanation.encoding.word(place))
        yield Text(
            f"  {_label(before)} → {_label(after)} at “{word}” (token {place + 1}): "
            f"{before:.2f} → {after:.2f}"
        )


def _flagged(
    explanation: "Explanation", flags: Sequence[Sequence[str]]
) -> Iterator[RenderableType]:
    """Name the tokens that have a flag; flips are shown with the running prediction."""
    for flag, meaning in _FLAGS.items():
        places = [place for place, names in enumerate(flags) if flag in names]
        if not places:
            continue
        words = [
            f"“{printable(explanation.encoding.word(place))}” (token {place + 1})"
            for place in places[:_LISTED]
        ]
        more = len(places) - _LISTED
        ending = f" and {more} more (--json lists all)" if more > 0 else ""
        yield Text.assemble("\n", (f"Flag {flag}", "bold"), f": {meaning} at")
        yield Padding(Text(f"{', '.join(words)}{ending}"), (0, 2))


def _strength(share: float) -> int | None:
    """Return the strength of a share of the largest attribution, 0 to 2, or None below that."""
    return next((strength for least, strength in _STRENGTHS if share >= least), None)


def _label(probability: float) -> str:
    return "positive" if probability > _THRESHOLD else "negative"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
