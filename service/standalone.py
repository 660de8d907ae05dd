"""An explanation as one HTML file: no script runs in it, and nothing is loaded from elsewhere.

What is printed is rounded for the eye; every number stands in full in the `value` beside it, and
the whole answer as JSON at the end. Text goes in as text, escaped; the policy in the file's head
would stop anything that did not.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

_STYLE = (Path(__file__).parent / "page" / "css" / "standalone.css").read_text(encoding="utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_IN_FILE = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'"
POLICY = f"{_IN_FILE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
# Strengths of colour, as classes: for style attributes the policy would have to be weaker.
_STRENGTHS = 10
_CHART_HEIGHT = 100

Row = Mapping[str, Any]


def standalone_html(explanation: Row) -> str:
    """Write a page from the JSON of an explanation."""
    title = f"{explanation['label'].capitalize()}: a review, gate by gate"
    body = "\n".join(
        [
            _verdict(explanation),
            _strip(explanation),
            _chart(explanation),
            _table(explanation),
            _reading(explanation),
        ]
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="{_IN_FILE}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
<script type="application/json" id="explanation">{_json(explanation)}</script>
</body>
</html>
"""


def _verdict(explanation: Row) -> str:
    ledger, model = explanation["ledger"], explanation["model"]
    total = sum(token["contribution"]["total"] for token in explanation["tokens"])
    figures = {
        "P(positive)": _number(explanation["probabilities"]["positive"]),
        "bias": _signed(ledger["bias"]),
        "contributions, all together": _signed(total),
        "logit": _signed(ledger["logit"]),
        "residual (rounding)": _number(ledger["residual"], ".1e"),
    }
    if held := explanation["held"]:
        figures["logit with gates held"] = _signed(held["ledger"]["logit"])
        figures["P(positive) with gates held"] = _number(held["probabilities"]["positive"])
    items = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in figures.items())
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in explanation["warnings"])
    return f"""<header>
<h1 class="{explanation["label"]}">{explanation["label"].capitalize()}</h1>
<p>with probability {_number(explanation["score"])}; {len(explanation["tokens"]):,} tokens read,
none cut. Model {escape(model["name"])} {escape(model["version"])}.</p>
<ul>{warnings}</ul>
<dl>{items}</dl>
</header>"""


def _strip(explanation: Row) -> str:
    text, tokens = explanation["text"], explanation["tokens"]
    largest = max(abs(token["contribution"]["total"]) for token in tokens) or 1.0
    parts, cursor = [], 0
    for token in tokens:
        value = token["contribution"]["total"]
        strength = round(_STRENGTHS * abs(value) / largest)
        kind = "p" if value > 0 else "n"
        parts.append(escape(text[cursor : token["start"]]))
        parts.append(f'<span class="{kind} s{strength}" title="{_plus(value)}">')
        parts.append(f"{escape(token['text'])}</span>")
        cursor = token["end"]
    parts.append(escape(text[cursor:]))
    return f"""<h2>The review, token by token</h2>
<p class="note">Blue adds to the logit, orange takes from it; full colour is
{_signed(largest)} either way.</p>
<p class="strip">{"".join(parts)}</p>"""


def _chart(explanation: Row) -> str:
    runs = {"run": explanation["tokens"]}
    if explanation["held"]:
        runs["run held"] = explanation["held"]["tokens"]
    width = len(explanation["tokens"])
    paths = "".join(f'<path class="{kind}" d="{_steps(run)}"/>' for kind, run in runs.items())
    half = _CHART_HEIGHT / 2
    return f"""<h2>Running P(positive)</h2>
<p class="note">The verdict after each token, from 0 below to 1 above{
        "; dashed, with gates held" if explanation["held"] else ""
    }.</p>
<svg viewBox="0 0 {width} {_CHART_HEIGHT}" preserveAspectRatio="none" role="img"
aria-label="Running P(positive); the numbers are in the table">
<line x1="0" y1="{half}" x2="{width}" y2="{half}"/>{paths}</svg>"""


def _steps(tokens: Sequence[Row]) -> str:
    heights = [_CHART_HEIGHT * (1 - token["running_probability"]) for token in tokens]
    steps = [f"V{height:.2f}H{place + 1}" for place, height in enumerate(heights)]
    return f"M0 {heights[0]:.2f}" + "".join(steps)


def _table(explanation: Row) -> str:
    columns = dict(_columns(explanation))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = "".join(
        f"<tr><td>{place + 1}</td>"
        + "".join(f"<td>{cell(place)}</td>" for cell in columns.values())
        + "</tr>"
        for place in range(len(explanation["tokens"]))
    )
    return f"""<h2>All numbers</h2>
<div class="scroll"><table><thead><tr><th scope="col">#</th>{heads}</tr></thead>
<tbody>{rows}</tbody></table></div>"""


def _columns(explanation: Row) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Name each column, with what it shows at a token."""
    tokens, held = explanation["tokens"], explanation["held"]
    symbol = explanation["notation"]["update_symbol"]

    def column(*path: str, run: Sequence[Row] = tokens, sign: bool = False) -> Callable[[int], str]:
        def cell(place: int) -> str:
            value: Any = run[place]
            for name in path:
                value = value[name]
            return _signed(value) if sign else _number(value)

        return cell

    yield "token", lambda place: escape(tokens[place]["text"])
    yield "known", lambda place: "yes" if tokens[place]["known"] else "no"
    yield "P(positive)", column("running_probability")
    yield "contribution", column("contribution", "total", sign=True)
    yield "new word", column("contribution", "new_word", sign=True)
    yield "recalled context", column("contribution", "recalled_context", sign=True)
    if explanation["credit"]:
        yield "credit", column("credit", sign=True)
    for share in ("recalled_share", "kept_share", "released_share"):
        yield share.replace("_", " "), column(share)
    for gate, name in (("reset", "reset r"), ("update", f"update {symbol}")):
        for figure in ("mean", "min", "max"):
            yield f"{name} {figure}", column(gate, figure)
    for effect in tokens[0]["effects"] or ():
        yield f"effect: {effect.replace('_', ' ')}", column("effects", effect, sign=True)
    if held:
        yield "held: P(positive)", column("running_probability", run=held["tokens"])
        yield "held: contribution", column("contribution", "total", run=held["tokens"], sign=True)
    yield "flags", lambda place: ", ".join(tokens[place]["flags"])


def _reading(explanation: Row) -> str:
    notation = explanation["notation"]
    equations = "".join(
        f"<li>{escape(notation[name])}</li>" for name in ("reset", "update", "candidate", "hidden")
    )
    return f"""<h2>How to read this</h2>
<ul>{equations}</ul>
<p class="note">Update gate {notation["update_symbol"]}: {escape(notation["update_sense"])}.
Gates are over all units. A contribution is what a token wrote into the state and later update gates
left standing; with the bias, contributions sum to the logit. They say what was computed: not that a
gate caused the verdict. Printed numbers are rounded; each one is in this file in full, and the
whole answer as JSON in the element “explanation”.</p>"""


def _number(value: float, form: str = ".3f") -> str:
    """Print a number for the eye, with all of its digits in `value`."""
    return f'<data value="{value!r}">{format(value, form).replace("-", "−")}</data>'


def _signed(value: float) -> str:
    return _number(value, "+.3f")


def _plus(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _json(explanation: Row) -> str:
    """Write JSON that may stand in a script element: no `<` can end it."""
    return json.dumps(explanation, ensure_ascii=False).replace("<", "\\u003c")
