"""Renders the record of an explanation as one HTML file, without scripts or external resources.

The numbers shown are rounded; each has all its digits in the attribute `value` of its element, and
the JSON of the whole record is at the end of the file. All text is escaped, and the content
security policy in the head of the file would stop anything that was not.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path

from gatewise.service.api.explanation.render_json import explanation_json
from gatewise.service.api.schemas.explanation import (
    ExplanationRecord,
    GateSummary,
    PhraseRecord,
    TokenDecomposition,
    TokenRecord,
)

_STYLE = (Path(__file__).parents[2] / "page" / "css" / "standalone.css").read_text(encoding="utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_FILE_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'"
POLICY = f"{_FILE_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
# Strengths of colour are classes, because style attributes would need a weaker policy.
_STRENGTHS = 10
_CHART_HEIGHT = 100


def explanation_html(record: ExplanationRecord) -> str:
    """Return the HTML of a record."""
    title = f"{_verdict(record)}: a review, gate by gate"
    sections = [
        _prediction(record),
        _highlighted_text(record),
        _sentences(record.sentences),
        _chart(record),
        _table(record),
        _legend(record),
    ]
    body = "\n".join(sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="{_FILE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
<script type="application/json" id="explanation">{_embedded_json(record)}</script>
</body>
</html>
"""


def _prediction(record: ExplanationRecord) -> str:
    decomposition, model = record.decomposition, record.model
    figures = {
        "P(positive)": _number(record.probabilities["positive"]),
        "bias": _signed(decomposition.bias),
        "sum of contributions": _signed(_sum_of_contributions(record)),
        "logit": _signed(decomposition.logit),
        "residual (rounding)": _number(decomposition.residual, ".1e"),
    }
    if run := record.intervened:
        figures["logit with interventions"] = _signed(run.decomposition.logit)
        figures["P(positive) with interventions"] = _number(run.probabilities["positive"])
    items = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in figures.items())
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in record.warnings)
    return f"""<header>
<h1 class="{"undecided" if record.undecided else record.label}">{_verdict(record)}</h1>
<p>{_lean(record)} probability {_number(record.score)}; {len(record.tokens):,} tokens,
not truncated. Model {escape(model.name)} {escape(model.version)}.</p>
<ul>{warnings}</ul>
<dl>{items}</dl>
</header>"""


def _verdict(record: ExplanationRecord) -> str:
    return "Can’t tell" if record.undecided else record.label.capitalize()


def _lean(record: ExplanationRecord) -> str:
    """Return what is before the probability: of an undecided text, also the label."""
    return f"{record.label} has the" if record.undecided else "with"


def _sum_of_contributions(record: ExplanationRecord) -> float:
    return sum(token["decomposition"]["total"] for token in record.tokens)


def _highlighted_text(record: ExplanationRecord) -> str:
    """Colour the text by attribution or, if there is none, by decomposition."""
    text, tokens = record.text, record.tokens
    kind = "attribution" if record.attribution else "decomposition"
    values = [
        token["decomposition"]["total"] if token["attribution"] is None else token["attribution"]
        for token in tokens
    ]
    largest = max(map(abs, values)) or 1.0
    parts, end = [], 0
    for token, value in zip(tokens, values, strict=True):
        strength = round(_STRENGTHS * abs(value) / largest)
        sign = "p" if value > 0 else "n"
        parts.append(escape(text[end : token["start"]]))
        parts.append(f'<span class="{sign} s{strength}" title="{_plain_signed(value)}">')
        parts.append(f"{escape(token['text'])}</span>")
        end = token["end"]
    parts.append(escape(text[end:]))
    return f"""<h2>The review, token by token</h2>
<p class="note">Blue tokens increase the logit, orange ones decrease it, by their {kind}; full
colour is {_signed(largest)} in either direction.</p>
<p class="highlight">{"".join(parts)}</p>"""


def _sentences(sentences: Sequence[PhraseRecord] | None) -> str:
    if sentences is None:
        return ""
    columns = {
        "sentence": [escape(sentence["text"]) for sentence in sentences],
        "attribution": _signed_numbers(sentence["attribution"] for sentence in sentences),
        "P(positive) without it": _numbers(sentence["without"] for sentence in sentences),
    }
    return _titled_table("Sentence by sentence", columns, kind="sentences")


def _chart(record: ExplanationRecord) -> str:
    runs = {"run": record.tokens}
    if record.intervened:
        runs["run intervened"] = record.intervened.tokens
    width = len(record.tokens)
    paths = "".join(f'<path class="{kind}" d="{_steps(run)}"/>' for kind, run in runs.items())
    half = _CHART_HEIGHT / 2
    note = "; dashed, with interventions" if record.intervened else ""
    return f"""<h2>Running P(positive)</h2>
<p class="note">The prediction after each token, from 0 at the bottom to 1 at the top{note}.</p>
<svg viewBox="0 0 {width} {_CHART_HEIGHT}" preserveAspectRatio="none" role="img"
aria-label="Running P(positive); the numbers are in the table">
<line x1="0" y1="{half}" x2="{width}" y2="{half}"/>{paths}</svg>"""


def _steps(tokens: Sequence[TokenRecord]) -> str:
    heights = [_CHART_HEIGHT * (1 - token["running_probability"]) for token in tokens]
    steps = [f"V{height:.2f}H{position + 1}" for position, height in enumerate(heights)]
    return f"M0 {heights[0]:.2f}" + "".join(steps)


def _table(record: ExplanationRecord) -> str:
    numbers = {"#": [str(position + 1) for position in range(len(record.tokens))]}
    return _titled_table("All numbers", numbers | _columns(record), kind="numbers")


def _titled_table(title: str, columns: dict[str, list[str]], *, kind: str) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        for cells in zip(*columns.values(), strict=True)
    )
    return f"""<h2>{title}</h2>
<div class="scroll"><table class="{kind}"><thead><tr>{heads}</tr></thead>
<tbody>{rows}</tbody></table></div>"""


def _columns(record: ExplanationRecord) -> dict[str, list[str]]:
    """Return the cells of each column of the table."""
    tokens, symbol = record.tokens, record.notation.update_symbol
    columns = {
        "token": [escape(token["text"]) for token in tokens],
        "known": ["yes" if token["known"] else "no" for token in tokens],
        "P(positive)": _numbers(token["running_probability"] for token in tokens),
    }
    attributions = [token["attribution"] for token in tokens if token["attribution"] is not None]
    without = [token["without"] for token in tokens if token["without"] is not None]
    if attributions:
        columns["attribution"] = _signed_numbers(attributions)
        columns["P(positive) without it"] = _numbers(without)
    columns |= {
        **_decomposition_columns([token["decomposition"] for token in tokens]),
        "recalled share": _numbers(token["recalled_share"] for token in tokens),
        "kept share": _numbers(token["kept_share"] for token in tokens),
        "released share": _numbers(token["released_share"] for token in tokens),
        **_gate_columns("reset r", [token["reset"] for token in tokens]),
        **_gate_columns(f"update {symbol}", [token["update"] for token in tokens]),
    }
    effects = [token["gate_effects"] for token in tokens if token["gate_effects"] is not None]
    if effects:
        columns |= {
            "gate effect: reset at 1": _signed_numbers(effect["reset_at_1"] for effect in effects),
            "gate effect: reset at average": _signed_numbers(
                effect["reset_at_average"] for effect in effects
            ),
            "gate effect: update at 1 (PyTorch)": _signed_numbers(
                effect["update_at_1"] for effect in effects
            ),
        }
    if record.intervened:
        run = record.intervened.tokens
        columns |= {
            "intervened: P(positive)": _numbers(token["running_probability"] for token in run),
            "intervened: contribution": _signed_numbers(
                token["decomposition"]["total"] for token in run
            ),
        }
    columns["flags"] = [", ".join(token["flags"]) for token in tokens]
    return columns


def _decomposition_columns(parts: Sequence[TokenDecomposition]) -> dict[str, list[str]]:
    return {
        "contribution": _signed_numbers(part["total"] for part in parts),
        "new word": _signed_numbers(part["new_word"] for part in parts),
        "recalled context": _signed_numbers(part["recalled_context"] for part in parts),
    }


def _gate_columns(name: str, gates: Sequence[GateSummary]) -> dict[str, list[str]]:
    return {
        f"{name} mean": _numbers(gate["mean"] for gate in gates),
        f"{name} min": _numbers(gate["min"] for gate in gates),
        f"{name} max": _numbers(gate["max"] for gate in gates),
        f"{name} 10 %": _numbers(gate["low"] for gate in gates),
        f"{name} 90 %": _numbers(gate["high"] for gate in gates),
        f"{name} deviation": _numbers(gate["deviation"] for gate in gates),
    }


def _legend(record: ExplanationRecord) -> str:
    notation = record.notation
    equations = (notation.reset, notation.update, notation.candidate, notation.hidden)
    items = "".join(f"<li>{escape(equation)}</li>" for equation in equations)
    return f"""<h2>How to read this</h2>
<ul>{items}</ul>
<p class="note">Update gate {notation.update_symbol}: {escape(notation.update_sense)}.
Gates are summarized over all units; the deviation is the mean distance of the units from their
usual values. The attribution of a token also counts what it did to the gates of later tokens. A
contribution is what a token wrote into the state and later update gates kept. The sum of all
attributions and the bias is the logit; so is that of all contributions. Both describe
what was computed; they do not show that a gate caused the prediction. The numbers shown are
rounded; this file contains each with all digits, and the whole record as JSON in the element
“explanation”.</p>"""


def _numbers(values: Iterable[float]) -> list[str]:
    return [_number(value) for value in values]


def _signed_numbers(values: Iterable[float]) -> list[str]:
    return [_signed(value) for value in values]


def _number(value: float, form: str = ".3f") -> str:
    """Return a rounded number, with all its digits in the attribute `value`."""
    return f'<data value="{value!r}">{format(value, form).replace("-", "−")}</data>'


def _signed(value: float) -> str:
    return _number(value, "+.3f")


def _plain_signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _embedded_json(record: ExplanationRecord) -> str:
    """Return JSON for a script element, which no `<` in it can end."""
    return explanation_json(record).decode().replace("<", "\\u003c")
