"""docs/gates.md: the findings as a page to read, written from the figures.

The stories are told in `prose.py`; what came of them is put in from the outcomes, and the
sentence after it is chosen by whether the figures bear the claim out. So the page cannot say
what they do not.
"""

from collections.abc import Mapping
from typing import Any

from training.lab.prose import DEFAULTS, OPENING, STORIES, Story
from training.lab.records import Chart, Outcome, Table


def page(outcomes: list[Outcome], run: Mapping[str, Any]) -> str:
    """Write the page."""
    sections = "\n".join(_section(number, outcome) for number, outcome in enumerate(outcomes, 1))
    return f"{OPENING}\n{sections}\n{_claims(outcomes)}\n{_closing(run)}"


def _section(number: int, outcome: Outcome) -> str:
    story = STORIES[outcome.name]
    plots = "\n\n".join(_plot(chart) for chart in outcome.charts)
    tables = "\n\n".join(_table(table) for table in outcome.tables)
    return f"""## {number}. {outcome.title}

{story.told}

**What was done.** {outcome.method}

{_answers(outcome, story)}

{plots}

<details><summary>The figures, as tables</summary>

{tables}

</details>

**What this cannot tell.** {outcome.limits}
"""


def _answers(outcome: Outcome, story: Story) -> str:
    """Answer claim by claim, each with the sentence that its figures choose."""
    return "\n\n".join(
        f"**{finding.question}** ([{claim}](lab.json): {finding.supports}) {finding.answer} "
        f"{story.readings.get(claim, DEFAULTS)[finding.supports]}"
        for claim, finding in outcome.findings.items()
    )


def _plot(chart: Chart) -> str:
    return f"![{chart.title}](gates/{chart.name}.svg)"


def _table(table: Table) -> str:
    def line(cells: list[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"

    rows = [line(table.header), line(["---"] * len(table.header)), *map(line, table.rows)]
    return f"{table.title}:\n\n" + "\n".join(rows)


def _claims(outcomes: list[Outcome]) -> str:
    rows = sorted(
        (
            (int(claim[1:]), claim, finding, outcome)
            for outcome in outcomes
            for claim, finding in outcome.findings.items()
        ),
        key=lambda entry: entry[0],
    )
    numbers = {outcome.name: number for number, outcome in enumerate(outcomes, 1)}
    lines = [
        "## All claims",
        "",
        "Whether the figures bear a claim out is decided by a rule that was written down before "
        "they were there.",
        "",
        "| claim | question | | rule | section |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| [{claim}](lab.json) | {finding.question} | {finding.supports} | {finding.rule} "
        f"| {numbers[outcome.name]} |"
        for _, claim, finding, outcome in rows
    ]
    return "\n".join(lines) + "\n"


def _closing(run: Mapping[str, Any]) -> str:
    options, models = run["options"], run["models"]
    if not isinstance(options, dict) or not isinstance(models, dict):
        raise TypeError("The options of a run, and its models, are mappings.")
    versions = " and ".join(f"{name} {version}" for name, version in models.items())
    return f"""## Do it again

    make lab                     # everything, into runs/lab ({run["minutes"]} minutes here)
    make lab ARGS=--fast         # the same on a subset, in minutes
    make lab ARGS="--only C11"   # one claim, with the trainings that it needs

The report, `runs/lab/report.html`, has all plots to zoom and hover over; [lab.json](lab.json) has
every figure, its rule and its command. This page came from {options["reviews"]:,} reviews, GRUs of
{options["hidden_size"]} units on word vectors of {options["embedding_size"]},
{options["seeds"]} seeds on texts and {options["synthetic_seeds"]} on synthetic tasks; the
shipped models were {versions}.

## Read on

- Cho et al. 2014, [arXiv 1406.1078](https://arxiv.org/abs/1406.1078): the GRU, and what its gates
  were meant for.
- Chung et al. 2014, [arXiv 1412.3555](https://arxiv.org/abs/1412.3555): the same gate by the other
  name.
- Zhou et al. 2016, [arXiv 1603.09420](https://arxiv.org/abs/1603.09420): one gate for both jobs.
- Ravanelli et al. 2018, [arXiv 1803.10225](https://arxiv.org/abs/1803.10225): no reset gate, and
  ReLU, for speech.
- Tallec & Ollivier 2018, [arXiv 1804.11188](https://arxiv.org/abs/1804.11188): chrono biases.
- van der Westhuizen & Lasenby 2018, [arXiv 1804.04849](https://arxiv.org/abs/1804.04849): the
  forget gate alone.
"""
