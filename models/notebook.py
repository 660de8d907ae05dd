"""How an explanation is displayed in a notebook: the text with coloured tokens, as HTML."""

from html import escape

import numpy as np

from gatewise.models.explain.decomposition import Decomposition
from gatewise.models.tokenizer import Encoding

_POSITIVE, _NEGATIVE = "46, 125, 180", "200, 80, 40"  # blue and orange, as RGB
_MAX_OPACITY = 0.75


def highlight_html(
    encoding: Encoding, decomposition: Decomposition, label: str, score: float
) -> str:
    """Colour every token by its contribution: blue for positive, orange for negative.

    Args:
        encoding: The text and its tokens.
        decomposition: Contributions of the tokens. The largest of the text, by absolute value, has
            the strongest colour.
        label: Predicted label, for the heading.
        score: Probability of the label.

    Returns:
        A `<div>` with the whole text, escaped.
    """
    total = decomposition.total  # (T,)
    scale = float(np.abs(total).max()) or 1.0
    pieces, cursor = [], 0
    for position, contribution in enumerate(total.tolist()):
        start, end = int(encoding.starts[position]), int(encoding.ends[position])
        colour = _POSITIVE if contribution > 0 else _NEGATIVE
        opacity = _MAX_OPACITY * abs(contribution) / scale
        pieces.append(escape(encoding.text[cursor:start]))
        pieces.append(
            f'<span title="{contribution:+.3f}" style="background: rgba({colour}, {opacity:.2f}); '
            f'border-radius: 3px">{escape(encoding.text[start:end])}</span>'
        )
        cursor = end
    pieces.append(escape(encoding.text[cursor:]))
    return (
        f"<div><b>{label}</b> {score:.1%} · logit {decomposition.logit:+.2f}"
        f'<p style="line-height: 1.7; white-space: pre-wrap">{"".join(pieces)}</p></div>'
    )
