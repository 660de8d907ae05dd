"""An explanation for the terminal: the coloured text, sentences, top words and running prediction.

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
    from gatewise.models.explain.account import Account, Phrase
    from gatewise.models.tokenizer import Encoding

_TOP_WORDS = 8
_TOP_CLAUSES = 5
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
    account: "Account",
    flags: Sequence[Sequence[str]],
    *,
    title: str,
    width: int,
) -> Iterator[RenderableType]:
    """Yield the parts of an explanation, from the prediction to the flags.

    Args:
        explanation: The explanation.
        account: Its account, with the attribution of every token.
        flags: Names of the flags of every token.
        title: Name of the model.
        width: Columns of the terminal.
    """
    yield _headline(explanation, title)
    for warning in explanation.prediction.warnings:
        yield Text(warning, style="yellow")
    attribution = account.attribution.total  # (T,)
    yield Padding(coloured_text(explanation, attribution), (1, 2))
    bias, logit = explanation.decomposition.bias, explanation.decomposition.logit
    yield Text.assemble(
        ("Attribution", "bold"),
        f": bias {_signed(bias)} + attributions = logit {_signed(logit)}\n"
        "  ⁺ ⁻ in the text: a third of the largest or more; ⁺⁺ ⁻⁻: two thirds or more",
    )
    yield Padding(_top_words(explanation, account), (0, 0, 1, 2))
    if len(account.clauses) > 1:
        yield Text.assemble(("Clauses", "bold"), ": attribution, and P(positive) without them")
        yield Padding(_top_clauses(account.clauses, width - 2), (0, 0, 1, 2))
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


def _top_words(explanation: "Explanation", account: "Account") -> Table:
    """List the words with the largest attributions, with bars, and P(positive) without them.

    Punctuation is not listed: its attribution is counted in the clause that it ends.
    """
    from gatewise.models.explain.phrases import is_punctuation

    encoding, attribution = explanation.encoding, account.attribution.total
    table = Table.grid(padding=(0, 2))
    places = range(len(encoding))
    words = [place for place in places if not is_punctuation(encoding.read_word(place))]
    listed = sorted(words or places, key=lambda place: -abs(attribution[place]))[:_TOP_WORDS]
    largest = max(abs(attribution[listed[0]]), 1e-12)
    for place in listed:
        value = float(attribution[place])
        style = LABEL_STYLES["positive" if value > 0 else "negative"]
        bar = "█" * max(1, round(_BAR_WIDTH * abs(value) / largest))
        word = _word(encoding, place)
        without = f"without it {account.without[place]:.2f}"
        table.add_row(Text(word, style), Text(_signed(value)), Text(bar, style), Text(without))
    return table


def _top_clauses(clauses: Sequence["Phrase"], columns: int) -> Text:
    """List the clauses with the largest attributions, each on one line of so many columns."""
    lines = []
    for clause in sorted(clauses, key=lambda clause: -abs(clause.attribution))[:_TOP_CLAUSES]:
        style = LABEL_STYLES["positive" if clause.attribution > 0 else "negative"]
        line = Text(f"{_signed(clause.attribution)}  {clause.without:.2f}  ")
        text = Text(printable(" ".join(clause.text.split())), style)
        text.truncate(max(1, columns - len(line)), overflow="ellipsis")
        lines.append(line + text)
    return Text("\n").join(lines)


def _running_prediction(explanation: "Explanation", width: int) -> Iterator[RenderableType]:
    probabilities = explanation.running_probability.tolist()
    if (turn := explanation.turning_point) is not None:
        word = _word(explanation.encoding, turn)
        label = explanation.prediction.label
        yield Text.assemble(("Settled", "bold"), f" on {label} at “{word}” (token {turn + 1})\n")
    yield Text.assemble(("P(positive) after each token", "bold"), ", from ▁ 0 to █ 1; ↑ a flip")
    for line in sparkline(probabilities, explanation.flips, width - 4):
        yield Padding(line, (0, 2))
    if (earlier := len(explanation.flips) - _LISTED) > 0:
        yield Text(f"  {earlier} earlier flips (--json lists all), then")
    for place in explanation.flips[-_LISTED:]:
        before, after = probabilities[place - 1], probabilities[place]
        word = _word(explanation.encoding, place)
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
            f"“{_word(explanation.encoding, place)}” (token {place + 1})"
            for place in places[:_LISTED]
        ]
        more = len(places) - _LISTED
        ending = f" and {more} more (--json lists all)" if more > 0 else ""
        yield Text.assemble("\n", (f"Flag {flag}", "bold"), f": {meaning} at")
        yield Padding(Text(f"{', '.join(words)}{ending}"), (0, 2))


def _word(encoding: "Encoding", position: int) -> str:
    """Return a token as it was written, or as it was read if it has no characters of its own.

    The second token of an emoji has none.
    """
    return printable(encoding.word(position) or encoding.read_word(position))


def _strength(share: float) -> int | None:
    """Return the strength of a share of the largest attribution, 0 to 2, or None below that."""
    return next((strength for least, strength in _STRENGTHS if share >= least), None)


def _label(probability: float) -> str:
    return "positive" if probability > _THRESHOLD else "negative"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
