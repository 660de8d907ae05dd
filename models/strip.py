"""A text as a strip of coloured tokens, in self-contained HTML for notebooks."""

from html import escape

import numpy as np

from models.ledger import Ledger
from models.tokenizer import Encoding

_POSITIVE, _NEGATIVE = "46, 125, 180", "200, 80, 40"


def strip_html(encoding: Encoding, ledger: Ledger, label: str, score: float) -> str:
    """Colour every token by its contribution: blue towards positive, orange towards negative.

    Full strength is the text's largest contribution. The text is shown whole and escaped.
    """
    total = ledger.total  # (T,)
    scale = float(np.abs(total).max()) or 1.0
    pieces, cursor = [], 0
    for position, contribution in enumerate(total.tolist()):
        start, end = int(encoding.starts[position]), int(encoding.ends[position])
        hue = _POSITIVE if contribution > 0 else _NEGATIVE
        alpha = 0.75 * abs(contribution) / scale
        pieces.append(escape(encoding.text[cursor:start]))
        pieces.append(
            f'<span title="{contribution:+.3f}" style="background: rgba({hue}, {alpha:.2f}); '
            f'border-radius: 3px">{escape(encoding.text[start:end])}</span>'
        )
        cursor = end
    pieces.append(escape(encoding.text[cursor:]))
    return (
        f"<div><b>{label}</b> {score:.1%} · logit {ledger.logit:+.2f}"
        f'<p style="line-height: 1.7; white-space: pre-wrap">{"".join(pieces)}</p></div>'
    )
