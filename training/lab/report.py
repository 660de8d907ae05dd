"""The report: one HTML file that needs nothing else, with every experiment and every claim."""

import json
from html import escape
from typing import Any

from plotly.io import to_html
from plotly.offline import get_plotlyjs

from training.lab.charts import to_plotly
from training.lab.records import Finding, Outcome, Table

_STYLE = """
body { font: 16px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3.5rem; border-top: 1px solid #ddd;
       padding-top: 1.5rem; }
table { border-collapse: collapse; font-size: .85rem; margin: 1rem 0; display: block;
        overflow-x: auto; }
th, td { border-bottom: 1px solid #ddd; padding: .3rem .6rem; text-align: left; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
.answer { font-size: 1.1rem; border-left: 4px solid #0072B2; padding-left: 1rem; }
.yes { color: #00664b; } .no { color: #a33c00; } .partly { color: #6b5300; }
.yes, .no, .partly { font-weight: 600; }
dt { font-weight: 600; margin-top: .6rem; } dd { margin-left: 0; }
code, pre { font-size: .85rem; } pre { overflow-x: auto; background: #f6f6f6; padding: .8rem; }
"""


def report(outcomes: list[Outcome], commands: dict[str, str], run: dict[str, Any]) -> str:
    """Write the whole page. `run` is how the lab was run, shown at its end."""
    sections = "\n".join(_section(outcome, commands) for outcome in outcomes)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What GRU gates do: the lab's report</title>
<style>{_STYLE}</style>
<script>{get_plotlyjs()}</script>
</head>
<body>
<h1>What GRU gates do</h1>
<p>An update gate of 1 keeps the old state, as in PyTorch. Means over trainings stand with their
95 % intervals in brackets. Every answer is made from the figures beside it.</p>
{_overview(outcomes)}
{sections}
<h2 id="run">How this was run</h2>
<pre>{escape(json.dumps(run, indent=2, ensure_ascii=False))}</pre>
</body>
</html>
"""


def _overview(outcomes: list[Outcome]) -> str:
    claims = {
        name: (finding, outcome)
        for outcome in outcomes
        for name, finding in outcome.findings.items()
    }
    rows = "\n".join(
        f'<tr><td><a href="#{name}">{name}</a></td><td>{escape(finding.question)}</td>'
        f"<td>{_supports(finding)}</td></tr>"
        for name, (finding, _) in sorted(claims.items(), key=lambda entry: int(entry[0][1:]))
    )
    return (
        "<table><caption>The claims, and whether the figures bear them out</caption>"
        f"<tr><th>claim</th><th>question</th><th></th></tr>\n{rows}</table>"
    )


def _section(outcome: Outcome, commands: dict[str, str]) -> str:
    charts = "\n".join(
        to_html(
            to_plotly(chart),
            full_html=False,
            include_plotlyjs=False,
            div_id=f"chart-{chart.name}",
            config={"displaylogo": False},
        )
        for chart in outcome.charts
    )
    tables = "\n".join(_table(table) for table in outcome.tables)
    findings = "\n".join(
        _finding(name, finding, commands[name]) for name, finding in outcome.findings.items()
    )
    return f"""<section id="{outcome.name}">
<h2>{escape(outcome.title)}</h2>
<p><b>Question.</b> {escape(outcome.question)}</p>
<p><b>Method.</b> {escape(outcome.method)}</p>
<p class="answer"><b>Answer.</b> {escape(outcome.answer)}</p>
{charts}
{tables}
<p><b>Limits.</b> {escape(outcome.limits)}</p>
<dl>{findings}</dl>
</section>"""


def _finding(name: str, finding: Finding, command: str) -> str:
    return (
        f'<dt id="{name}">{name}: {escape(finding.question)} {_supports(finding)}</dt>'
        f"<dd>{escape(finding.answer)}<br><i>Rule: {escape(finding.rule)}.</i>"
        f"<br><code>{escape(command)}</code></dd>"
    )


def _supports(finding: Finding) -> str:
    return f'<span class="{finding.supports}">{finding.supports}</span>'


def _table(table: Table) -> str:
    header = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f"<table><caption>{escape(table.title)}</caption><tr>{header}</tr>\n{rows}</table>"
