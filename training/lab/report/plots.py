"""The charts of the page, built from the figures of lab.json."""

from collections.abc import Iterator, Mapping

from gatewise.training.lab.report import dead_reckoning, openings, stories
from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Chart, Figures, Series, bars, line

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
        "C9": stories.charts,
        "C10": openings.retention_charts,
        "C10b": openings.path_charts,
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
                bars("in order", values["accuracy"]),
                bars("words shuffled", values["accuracy_on_shuffled_words"]),
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


def _ablation(values: Figures) -> list[Chart]:
    accuracy = values["accuracy"]
    on_texts = Chart(
        name="ablation_texts",
        title="Accuracy of variants of the GRU on texts",
        kind="bars",
        x_title="",
        y_title="accuracy on held-out texts",
        series=[bars(task, accuracy[task]) for task in ("reviews", "snippets")],
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
        series=[line(net, {width: row[net] for width, row in places.items()}) for net in nets],
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
