"""The charts and tables of C9, the experiment on stories with a verdict."""

from collections.abc import Callable, Iterable
from typing import Any

from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Chart, Figures, Series, Table, bars

_NO_FLIPS = Estimate(mean=0, low=None, high=None, n=0)
# It undoes every flip by construction.
_TRIVIAL = "update at 1"
# The interventions whose effects are counted for each kind of plot.
_OPEN, _PLACEBO = "reset at 1", "reset of other texts"


def charts(values: Figures) -> list[Chart]:
    """Build the charts of the experiment."""
    models = values["models"]
    return [
        Chart(
            name="reset_story",
            title="Flips undone when a gate is held at the verdict",
            kind="bars",
            x_title="the gate is held at this value at every token of the verdict",
            y_title="share of flips undone",
            series=[_undone(name, model["flips_undone"]) for name, model in models.items()],
            percent=True,
        ),
        *(_slopes(ending, models) for ending in _endings(values)),
        Chart(
            name="reset_story_mirror",
            title="Contradicted plots whose prediction each ending reverses",
            kind="bars",
            x_title="",
            y_title="share of contradicted plots",
            series=[
                bars(
                    f"… but the movie is really {ending}",
                    {
                        name: model["endings"][ending]["flip_rate"] or _NO_FLIPS
                        for name, model in models.items()
                    },
                )
                for ending in _endings(values)
            ],
            percent=True,
        ),
        Chart(
            name="reset_story_means",
            title="Mean gates over the plot and over the verdict",
            kind="bars",
            x_title="",
            y_title="mean gate",
            series=[
                Series(
                    name=name,
                    x=["reset, plot", "reset, verdict", "update, plot", "update, verdict"],
                    y=[
                        *model["mean_reset_in_plot_and_verdict"],
                        *model["mean_update_in_plot_and_verdict"],
                    ],
                )
                for name, model in models.items()
            ],
        ),
    ]


def tables(values: Figures) -> list[Table]:
    """Build the tables of the experiment."""
    return [
        _flips(values),
        _of_endings(values),
        _beyond_placebo(values),
        _slope_table(values),
        _mean_gates(values),
        _conditions(values),
    ]


def flips_by_origin(values: Figures) -> dict[str, dict[str, dict[str, int]]]:
    """Count the flips of the stories after template plots of all lengths and after real plots.

    Returns:
        By model, and "template" or "real": the flips, and those that open reset gates and their
        placebo undo.
    """
    return {
        name: {
            "template": _sums(row for kind, row in model["by_plot"].items() if kind.isdigit()),
            "real": _sums(row for kind, row in model["by_plot"].items() if not kind.isdigit()),
        }
        for name, model in values["models"].items()
    }


def _sums(rows: Iterable[Any]) -> dict[str, int]:
    counts = [{"flips": row["flips"], **row["undone"]} for row in rows]
    return {name: sum(row[name] for row in counts) for name in ("flips", _OPEN, _PLACEBO)}


def _endings(values: Figures) -> list[str]:
    return list(next(iter(values["models"].values()))["endings"])


def _undone(name: str, effects: Any) -> Series:
    shown = {label: value for label, value in effects.items() if label != _TRIVIAL}
    return bars(name, {label: value or _NO_FLIPS for label, value in shown.items()})


def _slopes(ending: str, models: Figures) -> Chart:
    return Chart(
        name=f"reset_story_slope_{ending}",
        title=f"How much of the plot passes “But the movie is really {ending}”: slope of the logit",
        kind="bars",
        x_title="gate held at the verdict; a slope of 1 lets the plot through unchanged",
        y_title="slope, after on before the verdict",
        series=[
            bars(
                name,
                {
                    label: value
                    for label, value in model["endings"][ending]["slope"].items()
                    if label != _TRIVIAL
                },
            )
            for name, model in models.items()
        ],
    )


def _flips(values: Figures) -> Table:
    return Table(
        title="Effects of interventions at the verdict on the flips; intervals over plots",
        header=[
            "model",
            "intervention",
            "flips undone",
            "minus the placebo of the gate",
            "share of the logit's change lost",
        ],
        rows=[
            [
                name,
                intervention,
                _percent(undone),
                _points(model["undone_beyond_placebo"], intervention),
                _percent(model["share_of_logit_change_lost"][intervention]),
            ]
            for name, model in values["models"].items()
            for intervention, undone in model["flips_undone"].items()
        ],
    )


def _of_endings(values: Figures) -> Table:
    return Table(
        title="Real plots with either ending: flips, and those that interventions undo",
        header=["model", "ending", "flips of contradictions", "flip rate", *_shown(values)],
        rows=[
            [
                name,
                f"“… really {ending}”",
                f"{row['flips']} of {row['contradictions']}",
                _percent(row["flip_rate"]),
                *(_percent(row["flips_undone"][label]) for label in _shown(values)),
            ]
            for name, model in values["models"].items()
            for ending, row in model["endings"].items()
        ],
    )


def _slope_table(values: Figures) -> Table:
    return _by_ending(
        values,
        "slope",
        "Slope of the final logit on the running logit before the verdict, by intervention",
        lambda slopes, label: f"{slopes[label]:.2f}",
    )


def _beyond_placebo(values: Figures) -> Table:
    return _by_ending(
        values,
        "undone_beyond_placebo",
        "Real plots with either ending: flips undone minus the placebo of the gate",
        _points,
    )


def _by_ending(values: Figures, figure: str, title: str, cell: Callable[[Any, str], str]) -> Table:
    """Build a table of one figure: a row for each model and ending, a column by intervention."""
    labels = [label for label in _first_ending(values)[figure] if label != _TRIVIAL]
    return Table(
        title=title,
        header=["model", "ending", *labels],
        rows=[
            [name, f"“… really {ending}”", *(cell(row[figure], label) for label in labels)]
            for name, model in values["models"].items()
            for ending, row in model["endings"].items()
        ],
    )


def _first_ending(values: Figures) -> Any:
    model = next(iter(values["models"].values()))
    return next(iter(model["endings"].values()))


def _shown(values: Figures) -> list[str]:
    """Return the interventions without the one whose effect is known."""
    model = next(iter(values["models"].values()))
    return [label for label in model["flips_undone"] if label != _TRIVIAL]


def _mean_gates(values: Figures) -> Table:
    gates = ("mean_reset_in_plot_and_verdict", "mean_update_in_plot_and_verdict")
    return Table(
        title="Mean gates over the plot and over the verdict",
        header=["model", "reset: plot, verdict", "update: plot, verdict"],
        rows=[
            [name, *(", ".join(f"{mean:.2f}" for mean in model[gate]) for gate in gates)]
            for name, model in values["models"].items()
        ],
    )


def _conditions(values: Figures) -> Table:
    shown = (_OPEN, _PLACEBO)
    groups = {"by_plot": _plot_label, "by_connective": _connective_label}
    return Table(
        title="Flips by plot and by connective",
        header=[
            "model",
            "texts",
            "flips of contradictions",
            *(f"undone: {name}" for name in shown),
        ],
        rows=[
            [
                name,
                label(condition),
                f"{row['flips']} of {row['contradictions']}",
                *(f"{row['undone'][name]} of {row['flips']}" for name in shown),
            ]
            for name, model in values["models"].items()
            for group, label in groups.items()
            for condition, row in model[group].items()
        ],
    )


def _plot_label(kind: str) -> str:
    return f"plot of {kind} words" if kind.isdigit() else f"{kind} review"


def _connective_label(connective: str) -> str:
    return "no connective" if connective == "none" else f'"{connective}"'


def _percent(value: Estimate | None) -> str:
    return f"{value:.0%}" if value else "no flips"


def _points(values: Any, name: str) -> str:
    """Format a difference; empty for the placebo itself."""
    if name not in values:
        return ""
    value = values[name]
    return f"{value:.0p}" if value else "no flips"
