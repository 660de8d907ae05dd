"""How an explanation is displayed in a notebook: the text with coloured tokens, as HTML."""

from html import escape

import numpy as np

from gatewise.models.explain.account import Account
from gatewise.models.explain.decomposition import Decomposition
from gatewise.models.tokenizer import Encoding

_POSITIVE, _NEGATIVE = "46, 125, 180", "200, 80, 40"  # blue and orange, as RGB
_MAX_OPACITY = 0.75


def highlight_html(
    encoding: Encoding,
    decomposition: Decomposition,
    account: Account | None,
    label: str,
    score: float,
) -> str:
    """Colour every token by its attribution: blue for positive, orange for negative.

    Args:
        encoding: The text and its tokens.
        decomposition: Contributions of the tokens, which colour them if there is no account.
        account: The account, with the attributions. The largest of the text, by absolute value, has
            the strongest colour.
        label: Predicted label, for the heading.
        score: Probability of the label.

    Returns:
        A `<div>` with the whole text, escaped.
    """
    values = account.attribution.total if account else decomposition.total  # (T,)
    coloured_by = "attribution" if account else "decomposition"
    scale = float(np.abs(values).max()) or 1.0
    pieces, cursor = [], 0
    for position, value in enumerate(values.tolist()):
        start, end = int(encoding.starts[position]), int(encoding.ends[position])
        colour = _POSITIVE if value > 0 else _NEGATIVE
        opacity = _MAX_OPACITY * abs(value) / scale
        title = f"{value:+.3f}"
        if account:
            title += f"; P(positive) without it: {account.without[position]:.2f}"
        pieces.append(escape(encoding.text[cursor:start]))
        pieces.append(
            f'<span title="{title}" style="background: rgba({colour}, {opacity:.2f}); '
            f'border-radius: 3px">{escape(encoding.text[start:end])}</span>'
        )
        cursor = end
    pieces.append(escape(encoding.text[cursor:]))
    return (
        f"<div><b>{label}</b> {score:.1%} · logit {decomposition.logit:+.2f} · coloured by "
        f'{coloured_by}<p style="line-height: 1.7; white-space: pre-wrap">{"".join(pieces)}</p>'
        "</div>"
    )
