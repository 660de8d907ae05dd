"""The charts of the page, built from the figures of lab.json."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gatewise.training.lab.report import dead_reckoning
from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Chart, Figures, Series

_GATE_BLOCKS = ("reset", "update", "candidate")


def charts(values: Figures) -> Iterator[Chart]:
    """Build the charts of all claims that `values` has.

    Args:
        values: Figures by claim.
    """
    builders = {
        "C4": _biases,
        "C6": _recalled_share,
        "C7": _order,
        "C8": _gradients,
        "C9": _reset_story,
        "C10": _retention,
        "C11": _ablation,
        "C11b": dead_reckoning.charts,
        "C14": _units,
    }
    for claim, build in builders.items():
        if claim in values:
            yield from build(values[claim])


def _order(values: Figures) -> list[Chart]:
    return [
        Chart(
            name="order",
            title="Accuracy on reviews, and on the same words shuffled",
            kind="bars",
            x_title="",
            y_title="accuracy on held-out reviews",
            series=[
                _bars("in order", values["accuracy"]),
                _bars("words shuffled", values["accuracy_on_shuffled_words"]),
            ],
            percent=True,
        )
    ]


def _gradients(values: Figures) -> list[Chart]:
    parts = {"state": "state", "word": "word vector"}
    return [
        Chart(
            name=f"gradient_{part}",
            title=f"Gradient of the last logit with respect to each {label}",
            kind="lines",
            x_title="tokens before the end",
            y_title="norm of the gradient, geometric mean",
            series=[
                Series(name=net, x=points["distance"], y=points["norm"])
                for net, points in values["norm_by_distance"][part].items()
            ],
            y_log=True,
        )
        for part, label in parts.items()
    ]


def _reset_story(values: Figures) -> list[Chart]:
    no_flips = Estimate(mean=0, low=None, high=None, n=0)
    undone = Chart(
        name="reset_story",
        title="Flips undone by an intervention on a gate at the verdict",
        kind="bars",
        x_title="",
        y_title="flips undone",
        series=[
            _bars(
                name,
                {intervention: value or no_flips for intervention, value in effects.items()},
            )
            for name, effects in _by_model(values, "flips_undone")
        ],
        percent=True,
    )
    means = Chart(
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
            for name, model in values["models"].items()
        ],
    )
    return [undone, means]


def _by_model(values: Figures, figure: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, model in values["models"].items():
        yield name, model[figure]


def _retention(values: Figures) -> list[Chart]:
    return [
        _by_plot_length(
            "retention",
            "Texts in which the running prediction is still that of the opening",
            "share of texts",
            values["accuracy_by_tokens_of_plot"],
        ),
        _by_plot_length(
            "retention_kept",
            "Share of the opening that the update gates have kept",
            "kept share",
            values["kept_share"],
        ),
    ]


def _by_plot_length(
    name: str, title: str, y_title: str, rows: Mapping[str, Mapping[str, Estimate]]
) -> Chart:
    """Build a chart over the logarithm of the length, and so without the length 0."""
    return Chart(
        name=name,
        title=title,
        kind="lines",
        x_title="tokens of plot after the opening",
        y_title=y_title,
        series=[
            _line(net, {length: value for length, value in row.items() if length != "0"})
            for net, row in rows.items()
        ],
        x_log=True,
        percent=True,
    )


def _ablation(values: Figures) -> list[Chart]:
    accuracy = values["accuracy"]
    on_texts = Chart(
        name="ablation_texts",
        title="Accuracy of variants of the GRU on texts",
        kind="bars",
        x_title="",
        y_title="accuracy on held-out texts",
        series=[_bars(task, accuracy[task]) for task in ("reviews", "snippets")],
        percent=True,
    )
    return [on_texts, *(_by_width(task, accuracy) for task in ("parity", "recall"))]


def _by_width(task: str, accuracy: Mapping[str, Mapping[str, Estimate]]) -> Chart:
    places = {
        name.removeprefix(f"{task}, ").removesuffix(" units"): row
        for name, row in accuracy.items()
        if name.startswith(f"{task}, ")
    }
    nets = next(iter(places.values()))
    return Chart(
        name=f"ablation_{task}",
        title=f"Accuracy on {task} by width",
        kind="lines",
        x_title="units of the GRU; the other nets have as many parameters",
        y_title="accuracy",
        series=[_line(net, {width: row[net] for width, row in places.items()}) for net in nets],
        percent=True,
    )


def _units(values: Figures) -> list[Chart]:
    return [
        Chart(
            name="units",
            title="Half-life and mean reset gate of every unit",
            kind="points",
            x_title="half-life, tokens",
            y_title="mean reset gate",
            series=[
                Series(name=name, x=units["half_life"], y=units["mean_reset"])
                for name, units in values["units"].items()
            ],
            x_log=True,
        )
    ]


def _biases(values: Figures) -> list[Chart]:
    return [
        Chart(
            name="merged_biases",
            title="Mean change of the logit when the two biases of a block are merged",
            kind="bars",
            x_title="",
            y_title="mean change of the logit",
            series=[
                Series(
                    name=name,
                    x=list(_GATE_BLOCKS),
                    y=[model[block]["mean_change_of_logit"] for block in _GATE_BLOCKS],
                )
                for name, model in values.items()
            ],
        )
    ]


def _recalled_share(values: Figures) -> list[Chart]:
    return [
        Chart(
            name="recalled_share",
            title="Recalled share of the candidate by mean reset gate",
            kind="lines",
            x_title="mean reset gate of a token, deciles of all tokens",
            y_title="recalled share of the candidate",
            series=[
                Series(
                    name=name,
                    x=model["deciles"]["mean_reset"],
                    y=model["deciles"]["recalled_share"],
                )
                for name, model in values.items()
            ],
            percent=True,
        )
    ]


def _bars(name: str, estimates: Mapping[str, Estimate]) -> Series:
    return Series.of_estimates(name, list(estimates), list(estimates.values()))


def _line(name: str, estimates: Mapping[str, Estimate]) -> Series:
    positions: Sequence[float] = [float(position) for position in estimates]
    return Series.of_estimates(name, positions, list(estimates.values()))
