"""The charts and tables of C10 and C10b, the experiments on openings before long plots."""

from collections.abc import Callable, Mapping
from typing import Any

from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Chart, Figures, Table, bars, line

_X_TITLE = "tokens of plot after the opening"


def retention_charts(values: Figures) -> list[Chart]:
    """Build the charts of C10."""
    return [
        _by_plot_length(
            "retention",
            "Texts in which the running prediction is still that of the opening",
            "share of texts",
            values["accuracy_by_tokens_of_plot"],
        ),
        _by_plot_length(
            "retention_kept",
            "Share of the state after the opening that the update gates left standing",
            "share left standing",
            values["kept_share"],
        ),
    ]


def path_charts(values: Figures) -> list[Chart]:
    """Build the charts of C10b. Lines over the length are those of the first model."""
    models, length = values["models"], str(values["length"])
    default = next(iter(models))
    return [
        Chart(
            name="memory_held",
            title=f"Opening still predicted after {length} tokens, gates held over the plot",
            kind="bars",
            x_title="",
            y_title="share of texts; chance is one half",
            series=[_at(length, name, model["accuracy"]) for name, model in models.items()],
            percent=True,
        ),
        Chart(
            name="memory_paths",
            title=f"What is left of the opening's effect on the logit after {length} tokens",
            kind="bars",
            x_title="a gate held over the plot, or paths cut",
            y_title="share of the ordinary effect",
            series=[_at(length, name, model["influence"]) for name, model in models.items()],
            percent=True,
        ),
        _by_plot_length(
            "memory_lengths",
            f"What is left of the opening's effect on the logit of {default}",
            "share of the ordinary effect",
            models[default]["influence"],
        ),
    ]


def retention_tables(values: Figures) -> list[Table]:
    """Build the tables of C10."""
    return [
        _by_length(
            "Texts in which the running prediction is still that of the opening, by tokens of plot",
            {(net,): row for net, row in values["accuracy_by_tokens_of_plot"].items()},
            lambda value: f"{value.mean:.0%}",
        ),
        _by_length(
            "Share of the state after the opening that the update gates left standing, by tokens "
            "of plot",
            {(net,): row for net, row in values["kept_share"].items()},
            lambda value: f"{value.mean:.3f}",
        ),
    ]


def path_tables(values: Figures) -> list[Table]:
    """Build the tables of C10b."""

    def rows(figure: str) -> dict[tuple[str, ...], Any]:
        return {
            (name, variation): row
            for name, model in values["models"].items()
            for variation, row in model[figure].items()
        }

    return [
        _by_length(
            "Texts in which the running prediction is still that of the opening, with gates held "
            "over the plot",
            rows("accuracy"),
            lambda value: f"{value:.0%}",
        ),
        _by_length(
            "Share of the state after the opening that the update gates left standing",
            rows("kept_share"),
            lambda value: f"{value.mean:.3f}",
        ),
        _by_length(
            "Share of the opening's effect on the logit that is left with gates held or paths cut",
            rows("influence"),
            lambda value: f"{value:.0%}",
        ),
        _by_length(
            "Difference of the logits after opposite openings",
            {(name,): model["difference_of_logits"] for name, model in values["models"].items()},
            lambda value: f"{value:.2f}",
        ),
    ]


def _at(length: str, name: str, rows: Mapping[str, Mapping[str, Estimate]]) -> Any:
    return bars(name, {label: row[length] for label, row in rows.items()})


def _by_plot_length(
    name: str, title: str, y_title: str, rows: Mapping[str, Mapping[str, Estimate]]
) -> Chart:
    """Build a chart over the logarithm of the length, and so without the length 0."""
    return Chart(
        name=name,
        title=title,
        kind="lines",
        x_title=_X_TITLE,
        y_title=y_title,
        series=[
            line(label, {length: value for length, value in row.items() if length != "0"})
            for label, row in rows.items()
        ],
        x_log=True,
        percent=True,
    )


def _by_length(
    title: str,
    rows: Mapping[tuple[str, ...], Mapping[str, Estimate]],
    cell: Callable[[Estimate], str],
) -> Table:
    """Build a table with a column for each length; a row may end before the longest."""
    lengths = max((list(row) for row in rows.values()), key=len)
    names = ["net"] if len(next(iter(rows))) == 1 else ["model", "over the plot"]
    return Table(
        title=title,
        header=[*names, *lengths],
        rows=[
            [*label, *(cell(row[length]) if length in row else "" for length in lengths)]
            for label, row in rows.items()
        ],
    )
